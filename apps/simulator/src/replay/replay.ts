import { Api, DriverClient, devToken, RiderClient } from '#sdk';
import { driverIdsOf } from './driver-ids.js';
import type { TracePoint } from './trace.js';

export type ReplayOptions = { url: string; speed: number; onProgress: (sent: number) => void };

export type ReplayResult = {
  drivers: number;
  sent: number;
  /** number of refused fixes by code */
  refused: Record<string, number>;
  late: number;
  repeated: number;
  implausible: number;
  accepted: number;
  /** positions that riders received */
  seen: number;
  /** number of pairs whose driver and rider are on different nodes */
  acrossNodes: number;
  /** from the driver's send to the rider's socket, ms, sorted */
  delaysMs: number[];
};

/** Maximum number of concurrent requests and connection attempts. */
const CONCURRENCY = 20;
const STEP_MS = 10;
const SETTLE_MS = 15_000;
/** Time without another position after which no more will come: of old ones, riders get only the newest. */
const QUIET_MS = 3_000;
/** Attempts of a rider to connect to another node than its driver, if there is one. */
const MAX_ATTEMPTS = 30;

/**
 * Replays a recording through the sdk: each track is a driver on a trip, watched by a rider on another node. The intervals
 * between the times of the fixes stay as recorded, whatever the speed; the last fix has the present time. At a speed above 1,
 * the others are old when they are sent: the service keeps them in the track, and riders see only the last ones.
 */
export async function replay(
  points: TracePoint[],
  { url, speed, onProgress }: ReplayOptions,
): Promise<ReplayResult> {
  const service = new Api({ url, token: await devToken('service', 'replay', url) });
  // Each run has its own ids: a driver left elsewhere by an earlier run would have to jump.
  const run = Date.now().toString(36);
  const ids = [...new Set(points.map(({ id }) => id))];
  const driverIds = driverIdsOf(ids);
  const result: ReplayResult = {
    drivers: ids.length,
    sent: 0,
    refused: {},
    late: 0,
    repeated: 0,
    implausible: 0,
    accepted: 0,
    seen: 0,
    acrossNodes: 0,
    delaysMs: [],
  };
  const first = new Map<string, TracePoint>();
  for (const point of points) if (!first.has(point.id)) first.set(point.id, point);
  const pairs = new Map<string, Pair>();
  await forEachConcurrently(ids, async (id) => {
    const driverId = `${driverIds.get(id)}-${run}`;
    pairs.set(id, await Pair.connect(url, service, driverId, first.get(id)!, result));
  });
  try {
    await play(points, speed, (point, t) => {
      pairs.get(point.id)!.send({ t, lat: point.lat, lng: point.lng });
      result.sent += 1;
      onProgress(result.sent);
    });
    await settle(service, [...pairs.values()], result);
    result.delaysMs.sort((a, b) => a - b);
    return result;
  } finally {
    await forEachConcurrently([...pairs.values()], (pair) => pair.disconnect(service));
  }
}

/** Calls `send` for each point when it is due, with the time of its fix. */
async function play(
  points: TracePoint[],
  speed: number,
  send: (point: TracePoint, t: number) => void,
): Promise<void> {
  const recordedFrom = points[0]!.t;
  const recordedTo = points.at(-1)!.t;
  const startedAt = Date.now();
  const endsAt = startedAt + Math.round((recordedTo - recordedFrom) / speed);
  for (let next = 0; next < points.length; ) {
    const playedMs = (Date.now() - startedAt) * speed;
    for (; next < points.length && points[next]!.t - recordedFrom <= playedMs; next += 1) {
      const point = points[next]!;
      send(point, endsAt - Math.round(recordedTo - point.t));
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

/** Waits until every fix is decided, and the riders have received the positions that they get. */
async function settle(service: Api, pairs: Pair[], result: ReplayResult): Promise<void> {
  const until = Date.now() + SETTLE_MS;
  let seen = result.seen;
  let seenAt = Date.now();
  for (;;) {
    const totals = { late: 0, repeated: 0, implausible: 0 };
    await forEachConcurrently(pairs, async ({ driverId }) => {
      const { counts } = await service.driver(driverId).catch(() => ({ counts: totals }));
      if (counts === totals) return;
      for (const kind of ['late', 'repeated', 'implausible'] as const) totals[kind] += counts[kind];
    });
    Object.assign(result, totals);
    const refused = Object.values(result.refused).reduce((sum, count) => sum + count, 0);
    const waiting = pairs.reduce((sum, pair) => sum + pair.waiting, 0);
    result.accepted = result.sent - waiting - refused - totals.late - totals.repeated - totals.implausible;
    if (result.seen !== seen) seenAt = Date.now();
    seen = result.seen;
    const isQuiet = Date.now() - seenAt > QUIET_MS;
    if ((waiting === 0 && (seen >= result.accepted || isQuiet)) || Date.now() > until) return;
  }
}

/** A driver and the rider who watches it. */
class Pair {
  readonly #sentAt = new Map<number, number>();

  private constructor(
    readonly driverId: string,
    private readonly driver: DriverClient,
    private readonly rider: RiderClient,
    private readonly tripId: string,
    result: ReplayResult,
  ) {
    rider.on('position', ({ t }) => {
      result.seen += 1;
      const sentAt = this.#sentAt.get(t);
      if (sentAt !== undefined) result.delaysMs.push(performance.now() - sentAt);
    });
    driver.on('rejected', ({ code }) => {
      result.refused[code] = (result.refused[code] ?? 0) + 1;
    });
  }

  static async connect(
    url: string,
    service: Api,
    driverId: string,
    place: { lat: number; lng: number },
    result: ReplayResult,
  ): Promise<Pair> {
    const riderId = `rider-of-${driverId}`;
    const [driverToken, riderToken] = await Promise.all([
      devToken('driver', driverId, url),
      devToken('rider', riderId, url),
    ]);
    const driver = new DriverClient({ url, token: driverToken });
    const { node } = await driver.connect();
    const pickup = { lat: place.lat, lng: place.lng };
    const trip = await service.createTrip({ riderId, driverId, pickup, dropoff: pickup });
    let rider = new RiderClient({ url, token: riderToken });
    for (let attempts = 1; (await rider.connect()).node === node && attempts < MAX_ATTEMPTS; attempts += 1) {
      rider.close();
      rider = new RiderClient({ url, token: riderToken });
    }
    if ((await rider.connect()).node !== node) result.acrossNodes += 1;
    const pair = new Pair(driverId, driver, rider, trip.id, result);
    await rider.watchTrip(trip.id);
    return pair;
  }

  get waiting(): number {
    return this.driver.waiting;
  }

  send(fix: { t: number; lat: number; lng: number }): void {
    if (!this.#sentAt.has(fix.t)) this.#sentAt.set(fix.t, performance.now());
    this.driver.push(fix);
  }

  async disconnect(service: Api): Promise<void> {
    await service.changeTrip(this.tripId, 'cancelled').catch(() => {});
    await this.driver.setStatus('offline').catch(() => {});
    this.driver.close();
    this.rider.close();
  }
}

async function forEachConcurrently<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}
