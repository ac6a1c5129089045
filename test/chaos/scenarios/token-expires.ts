import { setTimeout as sleep } from 'node:timers/promises';
import { Api, RiderClient } from '#sdk';
import { connectStock } from '../../fixtures/clients.js';
import { openEventStream } from '../../fixtures/event-stream.js';
import { rest } from '../../fixtures/rest.js';
import type { System } from '../../fixtures/system.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { type AtEnd, withSystem } from '../with-system.js';

const PLACE = { lat: 40.77, lng: -73.97 };
/** Time that a token is valid. */
const LIFETIME_S = 10;
/** Time after its expiry in which a transport must end. */
const GRACE_MS = 1_000;
const AFTERWARDS_MS = 12_000;

export const tokenExpires: Scenario = {
  name: 'token-expires',
  description: 'the token of a rider expires in the middle of a trip, on every transport',
  run: (context) => withSystem({}, (system, atEnd) => run(system, atEnd, context)),
};

/** A way to receive the position of the rider's driver. */
type Follower = { name: string; endedAt: () => number | null; positions: () => number[]; close(): void };

async function run(system: System, atEnd: AtEnd, { seconds, log }: Context): Promise<Verdict[]> {
  const driver = await system.token('driver', 'd');
  const service = new Api({ url: system.url, token: await system.token('service', 's') });
  const parties = { riderId: 'r', driverId: 'd' };
  let step = 0;
  const drive = async () => {
    step += 1;
    const fix = { t: Date.now(), lat: PLACE.lat + step * 1e-5, lng: PLACE.lng };
    await rest(`${system.url}/api/fixes`, 'POST', driver, [fix]);
  };
  await drive();
  const trip = await service.createTrip({ ...parties, pickup: PLACE, dropoff: PLACE });
  const timer = setInterval(() => drive().catch(() => {}), 500);
  atEnd(() => clearInterval(timer));

  // Clients of the sdk: one that can renew its token, one that cannot.
  const short = () => system.token('rider', 'r', `${LIFETIME_S}s`);
  let renewals = 0;
  const renewing = sdkFollower(system.url, async () => {
    renewals += 1;
    return short();
  });
  atEnd(() => renewing.client.close());
  await renewing.client.connect();
  await renewing.client.watchTrip(trip.id);

  const token = await short();
  const expiresAt = expiryOf(token);
  const final = sdkFollower(system.url, token);
  atEnd(() => final.client.close());
  await final.client.connect();
  await final.client.watchTrip(trip.id);
  const followers = await Promise.all([
    ...['websocket', 'polling'].map((transport) => socketFollower(system, token, transport, trip.id)),
    streamFollower(system, token, trip.id),
    pollFollower(system, token, trip.id),
  ]);
  for (const { close } of followers) atEnd(close);
  const ask = () => rest(`${system.url}/api/trips/${trip.id}`, 'GET', token);
  const before = await ask();
  await sleep(Math.max(expiresAt - Date.now(), 0) + AFTERWARDS_MS + Math.max(0, seconds - 40) * 100);
  const after = await ask();
  for (const { name, endedAt, positions } of followers)
    log(
      `${name}: ${positions().length} events, ended ${endedAt() === null ? 'never' : `${endedAt()! - expiresAt} ms after the expiry`}.`,
    );
  log(`The client that can renew its token did so ${renewals - 1} times.`);
  const late = followers.map(({ positions }) => positions().filter((at) => at > expiresAt + GRACE_MS).length);
  const openLonger = followers.filter(
    ({ endedAt }) => (endedAt() ?? Number.POSITIVE_INFINITY) > expiresAt + GRACE_MS,
  );
  const early = followers.filter(({ endedAt }) => (endedAt() ?? 0) < expiresAt - GRACE_MS);
  const seen = renewing.positions();
  const gaps = seen.slice(1).map((at, i) => at - seen[i]!);
  return [
    ...followers.map(({ name, positions }) =>
      atLeast(`events before the expiry, ${name}`, positions().length, 1),
    ),
    none('transports that lasted longer than the token', openLonger.length),
    none('transports that ended before it', early.length),
    none(
      'events after the expiry',
      late.reduce((sum, count) => sum + count, 0),
    ),
    atMost('status of REST before', before.status, 200),
    none('REST requests after the expiry without TOKEN_EXPIRED', after.body.code === 'TOKEN_EXPIRED' ? 0 : 1),
    none(
      'sdk: clients with a fixed token that do not report TOKEN_EXPIRED',
      final.code() === 'TOKEN_EXPIRED' ? 0 : 1,
    ),
    atLeast('sdk: renewals of a client that can', renewals - 1, 1),
    none('sdk: times that it was offline', renewing.offline()),
    atMost('sdk: longest time without a position, ms', Math.max(...gaps), 2_000),
  ];
}

const expiryOf = (token: string): number =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).exp * 1_000;

function sdkFollower(url: string, token: string | (() => Promise<string>)) {
  const client = new RiderClient({ url, token });
  const positions: number[] = [];
  let offline = 0;
  let code: string | null = null;
  client.on('position', () => positions.push(Date.now()));
  client.on('connection', (state) => {
    if (state.state === 'offline') offline += 1;
    if (state.state === 'refused') code = state.error.code;
  });
  return { client, positions: () => positions, offline: () => offline, code: () => code };
}

async function socketFollower(
  system: System,
  token: string,
  transport: string,
  tripId: string,
): Promise<Follower> {
  const client = await connectStock(system.url, '/rider', token, { transports: [transport] });
  let endedAt: number | null = null;
  const positions: number[] = [];
  client.socket.on('disconnect', () => {
    endedAt = Date.now();
  });
  client.socket.on('position', () => positions.push(Date.now()));
  await client.socket.emitWithAck('trip:watch', { tripId });
  return {
    name: transport,
    endedAt: () => endedAt,
    positions: () => positions,
    close: () => client.socket.disconnect(),
  };
}

async function streamFollower({ url }: System, token: string, tripId: string): Promise<Follower> {
  const stream = await openEventStream(`${url}/api/stream/trip/${tripId}`, { token });
  let endedAt: number | null = null;
  const positions: number[] = [];
  let seen = 0;
  const timer = setInterval(() => {
    for (; seen < stream.events.length; seen += 1) positions.push(Date.now());
    if (stream.isOver()) endedAt ??= Date.now();
  }, 20);
  const close = () => {
    clearInterval(timer);
    stream.close();
  };
  return { name: 'server-sent events', endedAt: () => endedAt, positions: () => positions, close };
}

/** Polls until it is refused. */
async function pollFollower({ url }: System, token: string, tripId: string): Promise<Follower> {
  let endedAt: number | null = null;
  let isClosed = false;
  const positions: number[] = [];
  const poll = async () => {
    let after = '';
    while (!isClosed && endedAt === null) {
      const { status, body } = await rest(`${url}/api/poll/trip/${tripId}?after=${after}`, 'GET', token);
      if (status === 200) {
        after = body.after ?? '';
        for (const _ of body.events) positions.push(Date.now());
      } else endedAt = Date.now();
    }
  };
  poll().catch(() => {
    endedAt ??= Date.now();
  });
  return {
    name: 'long polling over REST',
    endedAt: () => endedAt,
    positions: () => positions,
    close: () => {
      isClosed = true;
    },
  };
}
