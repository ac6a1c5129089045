import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'hdr-histogram-js';
import { destination } from '#geo';
import { mapConcurrently } from '../fixtures/map-concurrently.js';
import { RawClient } from './engine-io.js';

/** Input of a load generator, which runs in a separate process and returns a {@link LoadResult}. */
export type LoadPlan = {
  driverUrl: string;
  riderUrl: string;
  drivers: Array<{ id: string; token: string }>;
  /** each follows the driver of its trip */
  riders: Array<{ token: string; tripId: string; driverId: string }>;
  dispatchers: string[];
  bbox: [number, number, number, number];
  fixesPerS: number;
  warmupMs: number;
  measureMs: number;
  /** whether drivers ask for one ack for several fixes, as those of the sdk do */
  hasCountedAcks?: boolean | undefined;
};

export type LoadResult = {
  sent: number;
  acked: number;
  refused: number;
  /** fixes answered during the measurement, whenever they were sent: the work behind the CPU time */
  handled: number;
  /** share of expected positions that riders received */
  delivered: number;
  expected: number;
  ackMs: Quantiles;
  deliveryMs: Quantiles;
  bytesIn: number;
  bytesOut: number;
};
type Quantiles = { p50: number; p99: number; max: number };

const STEP_MS = 1;
const CONNECT_AT_ONCE = 50;
/** Wait after the last fix for positions in flight, and for acks, which may be for the fixes of four seconds. */
const DRAIN_MS = 2_000;
const COUNTED_DRAIN_MS = 6_000;

type Car = { client: RawClient; lat: number; lng: number; heading: number; followed: boolean };

/** Open loop: fixes are sent when due, whether or not the service keeps up, and timed from when they were due. */
async function run(plan: LoadPlan, onMeasure: (phase: 'start' | 'end') => void): Promise<LoadResult> {
  const due = new Map<string, number>();
  const ackTimes = build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000 });
  const deliveryTimes = build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000 });
  const result = { sent: 0, acked: 0, refused: 0, handled: 0, delivered: 0, expected: 0 };
  const record = (times: typeof ackTimes, sinceMs: number) =>
    times.recordValue(Math.max(1, Math.round((performance.now() - sinceMs) * 1_000)));

  const followed = new Set(plan.riders.map(({ driverId }) => driverId));
  const cars = await mapConcurrently(
    plan.drivers,
    CONNECT_AT_ONCE,
    async ({ id, token }, i): Promise<Car> => {
      const auth = plan.hasCountedAcks ? { acks: 'counted' } : {};
      const client = await RawClient.connect(plan.driverUrl, '/driver', token, () => {}, auth);
      const [west, south, east, north] = plan.bbox;
      const lat = south + ((i * 0.618034) % 1) * (north - south);
      const lng = west + ((i * 0.414214) % 1) * (east - west);
      return { client, lat, lng, heading: (i * 137) % 360, followed: followed.has(id) };
    },
  );
  const clients = cars.map(({ client }) => client);
  await mapConcurrently(plan.riders, CONNECT_AT_ONCE, async ({ token, tripId }) => {
    const client = await RawClient.connect(plan.riderUrl, '/rider', token, (packet) => {
      if (!packet.startsWith('["position"')) return;
      const { driverId, t } = JSON.parse(packet)[1];
      const key = `${driverId}/${t}`;
      const since = due.get(key);
      if (since === undefined) return;
      due.delete(key);
      result.delivered += 1;
      record(deliveryTimes, since);
    });
    clients.push(client);
    await ask(client, 'trip:watch', { tripId });
  });
  for (const token of plan.dispatchers) {
    const client = await RawClient.connect(plan.riderUrl, '/dispatch', token, () => {});
    clients.push(client);
    await ask(client, 'fleet:watch', { bbox: plan.bbox, zoom: 11 });
  }

  const startedAt = performance.now();
  const measureFrom = startedAt + plan.warmupMs;
  const measureTo = measureFrom + plan.measureMs;
  const everyMs = 1_000 / plan.fixesPerS;
  let phase: 'warm-up' | 'measuring' | 'over' = 'warm-up';
  let bytesBefore = [0, 0];
  const bytes = () => [sum(clients, 'bytesIn'), sum(clients, 'bytesOut')];
  for (let n = 0; phase !== 'over'; ) {
    const now = performance.now();
    if (phase === 'warm-up' && now >= measureFrom) {
      phase = 'measuring';
      bytesBefore = bytes();
      onMeasure('start');
    }
    for (; startedAt + n * everyMs <= now; n += 1) {
      const dueAt = startedAt + n * everyMs;
      const measured = dueAt >= measureFrom && dueAt < measureTo;
      const index = n % cars.length;
      const car = cars[index]!;
      const { lat, lng } = destination(car, car.heading, 8);
      // In a circle of about a kilometre, so that every car stays in the city.
      car.heading = (car.heading + 3) % 360;
      car.lat = lat;
      car.lng = lng;
      // Each fix of a driver needs a new time, whatever the rate.
      const t = Math.round(Date.now() - (now - dueAt));
      if (measured) result.sent += 1;
      if (measured && car.followed) {
        result.expected += 1;
        due.set(`${plan.drivers[index]!.id}/${t}`, dueAt);
      }
      const fix = `[{"t":${t},"lat":${lat.toFixed(6)},"lng":${lng.toFixed(6)},"heading":${Math.round(car.heading) % 360},"speedMps":8}]`;
      const send = plan.hasCountedAcks ? 'requestCounted' : 'request';
      car.client[send]('fixes', fix, (answer) => {
        if (phase === 'measuring') result.handled += 1;
        if (!measured) return;
        if (answer.startsWith('[{"ok":true,"accepted":1')) {
          result.acked += 1;
          record(ackTimes, dueAt);
        } else result.refused += 1;
      });
    }
    if (now >= measureTo) {
      phase = 'over';
      onMeasure('end');
    } else await sleep(STEP_MS);
  }
  const [bytesIn, bytesOut] = bytes().map((total, i) => total - bytesBefore[i]!);
  await sleep(plan.hasCountedAcks ? COUNTED_DRAIN_MS : DRAIN_MS);
  for (const client of clients) client.close();
  // No delivery does not mean low latency.
  const at = (times: typeof ackTimes, percentile: number): number =>
    times.totalCount === 0 ? Number.POSITIVE_INFINITY : times.getValueAtPercentile(percentile) / 1_000;
  const quantiles = (times: typeof ackTimes): Quantiles => ({
    p50: at(times, 50),
    p99: at(times, 99),
    max: at(times, 100),
  });
  return {
    ...result,
    ackMs: quantiles(ackTimes),
    deliveryMs: quantiles(deliveryTimes),
    bytesIn: bytesIn!,
    bytesOut: bytesOut!,
  };
}

const ask = (client: RawClient, event: string, payload: object): Promise<void> =>
  new Promise((resolve, reject) => {
    client.request(event, JSON.stringify(payload), (answer) => {
      if (answer.startsWith('[{"ok":true')) resolve();
      else reject(new Error(`${event}: ${answer}`));
    });
  });

const sum = (clients: RawClient[], field: 'bytesIn' | 'bytesOut') =>
  clients.reduce((total, client) => total + client[field], 0);

process.on('message', (plan: LoadPlan) => {
  run(plan, (phase) => process.send!({ phase })).then(
    (result) => process.send!({ result }, () => process.exit(0)),
    (error: unknown) => {
      process.stderr.write(`${(error as Error).stack}\n`);
      process.exit(1);
    },
  );
});
process.send?.({ type: 'ready' });
