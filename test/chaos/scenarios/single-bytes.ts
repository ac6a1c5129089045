import { setTimeout as sleep } from 'node:timers/promises';
import { Api, DispatchClient, DriverClient, RiderClient } from '#sdk';
import { startByteProxy } from '../../fixtures/byte-proxy.js';
import { ask, connectStock, drive } from '../../fixtures/clients.js';
import { openEventStream } from '../../fixtures/event-stream.js';
import { eventually } from '../../fixtures/eventually.js';
import { rest } from '../../fixtures/rest.js';
import type { System } from '../../fixtures/system.js';
import { DispatchApp, Driver, INTERVAL_MS, Rider } from '../apps.js';
import { inTown, MANHATTAN } from '../route.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { missingFromTrack } from '../track-audit.js';
import { quantile } from '../verdicts.js';
import { type AtEnd, withSystem } from '../with-system.js';

const PAIRS = 8;
/** A packet of a few hundred bytes takes as many writes and reads. */
const DELAY_MS = 1_000;
const SETTLE_MS = 15_000;

export const singleBytes: Scenario = {
  name: 'single-bytes',
  description: `every byte that ${2 * PAIRS + 1} apps, stock clients and HTTP clients send or receive is a packet of its own`,
  run: (context) => withSystem({}, (system, atEnd) => run(system, atEnd, context)),
};

async function run(system: System, atEnd: AtEnd, { random, seconds, log }: Context): Promise<Verdict[]> {
  const proxy = await startByteProxy(Number(new URL(system.url).port));
  atEnd(proxy.stop);
  const url = `http://127.0.0.1:${proxy.port}`;
  const service = new Api({ url, token: await system.token('service', 's') });
  const token = await system.token('dispatcher', 'desk');
  const driverIds = Array.from({ length: PAIRS }, (_, i) => `driver-${i}`);
  const desk = new DispatchApp(new DispatchClient({ url, token }), { url, token }, driverIds);
  atEnd(() => desk.close());
  await desk.client.connect();
  const riders: Rider[] = [];
  for (const [i, driverId] of driverIds.entries()) {
    const ids = { driverId, riderId: `rider-${i}` };
    const driver = new Driver(
      ids.driverId,
      new DriverClient({ url, token: await system.token('driver', ids.driverId), deviceId: ids.driverId }),
      inTown(random),
    );
    const rider = new Rider(
      new RiderClient({ url, token: await system.token('rider', ids.riderId) }),
      driver,
    );
    riders.push(rider);
    atEnd(() => {
      driver.park();
      driver.client.close();
      rider.client.close();
    });
    await driver.client.connect();
    await rider.client.connect();
    const trip = await service.createTrip({ ...ids, pickup: MANHATTAN, dropoff: MANHATTAN });
    await rider.client.watchTrip(trip.id);
    await desk.client.watchDriver(ids.driverId);
  }
  const others = await otherClients(system, service, url, atEnd);

  const from = Date.now();
  for (const { driver } of riders) driver.drive();
  while (Date.now() < from + seconds * 1_000) {
    await others.send();
    await sleep(INTERVAL_MS);
  }
  for (const { driver } of riders) driver.park();
  const newest = ({ driver, received }: Rider) => received.at(-1)?.t === driver.newestAcked;
  const settled = () => riders.every((rider) => newest(rider) && rider.driver.client.waiting === 0);
  await eventually(() => settled() && others.missing() === 0, SETTLE_MS).catch(() => {});

  const acked = riders.flatMap(({ driver }) => driver.acked);
  const received = riders.flatMap((rider) => rider.received);
  const missing = await Promise.all(
    riders.map(({ driver }) => missingFromTrack(system.redis.client, driver, 0)),
  );
  const unseen = riders.map(({ driver, received: own }) => {
    const times = new Set(own.map(({ t }) => t));
    return driver.acked.filter(({ t }) => !times.has(t)).length;
  });
  const outages = riders.map((rider) => rider.outages + rider.driver.outages);
  const delays = received.map(({ t, at }) => at - t).sort((a, b) => a - b);
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  log(
    `${acked.length} fixes were acked, ${received.length} positions received: p50 ${quantile(delays, 0.5)} ms, p99 ${quantile(delays, 0.99)} ms.`,
  );
  log(`${others.sent()} batches of stock clients and over HTTP.`);
  return [
    atLeast('acked fixes', acked.length, Math.floor(0.9 * PAIRS * (seconds - 1))),
    none('acked fixes missing from the track of their driver', sum(missing)),
    none('acked fixes whose position the rider did not get', sum(unseen)),
    none('fixes rejected', sum(riders.map(({ driver }) => driver.rejected))),
    none('times that an app was offline', sum(outages)),
    none('positions pushed after a newer one', desk.backwards),
    atLeast('batches of stock clients and over HTTP', others.sent(), seconds),
    none('of those, without an ack', others.failed()),
    none('of those, positions that a follower did not get', others.missing()),
    atMost('delay p99 from driver to rider, ms', quantile(delays, 0.99), DELAY_MS),
  ];
}

/** Drivers over each other transport, and the event stream of the rider of one of them. */
async function otherClients(system: System, service: Api, url: string, atEnd: AtEnd) {
  const tokenOf = (id: string) => system.token('driver', id);
  const sockets = await Promise.all(
    ['websocket', 'polling'].map(async (transport) =>
      connectStock(url, '/driver', await tokenOf(transport), { transports: [transport] }),
    ),
  );
  for (const { socket } of sockets) atEnd(() => socket.disconnect());
  const http = await tokenOf('http');
  await rest(`${url}/api/fixes`, 'POST', http, drive(1));
  const parties = { driverId: 'http', riderId: 'stream' };
  const { id } = await service.createTrip({ ...parties, pickup: MANHATTAN, dropoff: MANHATTAN });
  const token = await system.token('rider', parties.riderId);
  const stream = await openEventStream(`${url}/api/stream/trip/${id}`, { token });
  atEnd(stream.close);
  const times: number[] = [];
  const counts = { sent: 0, failed: 0 };
  const note = (isAcked: boolean) => {
    counts.sent += 1;
    if (!isAcked) counts.failed += 1;
  };
  return {
    sent: () => counts.sent,
    failed: () => counts.failed,
    missing: () => {
      const seen = new Set(
        stream.events.filter(({ event }) => event === 'position').map(({ data }) => data.t),
      );
      return times.filter((t) => !seen.has(t)).length;
    },
    send: async () => {
      const fixes = drive(1);
      times.push(fixes[0]!.t);
      const [response, ...answers] = await Promise.all([
        rest(`${url}/api/fixes`, 'POST', http, fixes),
        ...sockets.map((client) => ask(client, 'fixes', drive(1)).catch(() => null)),
      ]);
      note(response.status === 200);
      for (const answer of answers) note(answer?.ok === true && answer.accepted === 1);
    },
  };
}
