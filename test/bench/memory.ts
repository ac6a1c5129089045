import { between, seeded } from '#city';
import { destination, type Point, rounded } from '#geo';
import { regionOf } from '#geo/cells';
import {
  CHUNK_FIXES,
  connect,
  type DriverRecord,
  FleetIndex,
  type RedisClient,
  TRACK_FIX_BYTES,
  type Write,
} from '#store';
import { eventually } from '../fixtures/eventually.js';
import { recordAt } from '../fixtures/records.js';
import { startRedis } from '../fixtures/redis.js';
import type { Bench } from './bench.js';

const CENTRE = { lat: 40.75, lng: -73.95 };
const CITY_M = 22_000;
const FLEETS = [10_000, 100_000];
const TRACKS = 200;
const TRACK_HOURS = 2;
/** The rate of a driver that reports every three seconds. */
const TRACK_STEP_MS = 3_000;
const START = 1_800_000_000_000;
const BATCH = 1_000;

/** MEMORY USAGE of one kind of key: bytes per driver, or per fix of a track. */
type Row = { drivers: number; what: string; bytes: number };

/** Measures the Redis memory of the index. */
export const memory: Bench = {
  options: {},
  usage: '',
  async run({ quick }) {
    const rows: Row[] = [];
    for (const drivers of quick ? FLEETS.slice(0, 1) : FLEETS) rows.push(...(await measured(drivers)));
    const most = (what: string) =>
      Math.max(...rows.filter((row) => row.what === what).map(({ bytes }) => bytes));
    return {
      rows,
      table: tableOf(rows),
      constants: { driver: { bytes: most(ALL) }, trackFix: { bytes: most(FIX) } },
      checks: [
        { what: 'bytes of a live driver', found: most(ALL), atMost: 520 },
        { what: `bytes of a fix of a track (packed: ${TRACK_FIX_BYTES})`, found: most(FIX), atMost: 24 },
      ],
    };
  },
};

const ALL = 'a live driver';
const FIX = 'a fix of a track';

const measured = (drivers: number): Promise<Row[]> =>
  withFleet(drivers, async ({ rows, index, client, fleet }) => [
    ...rows,
    { drivers, what: FIX, bytes: await ofTracks(index, client, fleet) },
  ]);

/** Measures the bytes that each of some live drivers takes in Redis. */
export const bytesOfDriver = (drivers: number): Promise<number> =>
  withFleet(drivers, async ({ rows }) => rows.find(({ what }) => what === ALL)!.bytes);

type Fleet = { rows: Row[]; index: FleetIndex; client: RedisClient; fleet: DriverRecord[] };

/** Fills the index of a Redis of its own, which ends after the work. @param work gets the bytes of each kind of key */
async function withFleet<T>(drivers: number, work: (fleet: Fleet) => Promise<T>): Promise<T> {
  const redis = await startRedis('no', ['--appendonly', 'no']);
  const client = connect(redis.url, 'commands', () => {});
  await eventually(() =>
    client.ping().then(
      () => true,
      () => false,
    ),
  );
  try {
    const index = new FleetIndex(client);
    const random = seeded(1);
    const somewhere = (): Point => {
      const off = () => between(random, -CITY_M, CITY_M);
      return destination(destination(CENTRE, 0, off()), 90, off());
    };
    const fleet = Array.from({ length: drivers }, (_, i) => driverAt(`driver-${i}`, somewhere(), random));
    for (let at = 0; at < drivers; at += BATCH) await enter(index, fleet.slice(at, at + BATCH));
    const kinds = new Map<string, number>();
    const count = (key: string, bytes: number) =>
      kinds.set(kindOf(key), (kinds.get(kindOf(key)) ?? 0) + bytes);
    await eachKey(client, count);
    const rows = [...kinds].map(([what, bytes]) => ({ drivers, what, bytes: bytes / drivers }));
    const all = rows.reduce((sum, { bytes }) => sum + bytes, 0);
    return await work({ rows: [...rows, { drivers, what: ALL, bytes: all }], index, client, fleet });
  } finally {
    client.disconnect();
    await redis.stop();
  }
}

/** With all optional fields, and heading and speed to two decimals. */
function driverAt(id: string, place: Point, random: () => number): DriverRecord {
  const at = { lat: rounded(place.lat), lng: rounded(place.lng) };
  const anchor = {
    t: START - 4_000,
    lat: rounded(at.lat - 0.0002),
    lng: rounded(at.lng + 0.0003),
  };
  return recordAt(id, START, at, {
    accuracyM: 4.5,
    heading: between(random, 100, 360),
    speedMps: between(random, 1, 20),
    anchor,
    statusAt: START * 1_000,
    counts: { late: 3, repeated: 1, implausible: 0, refused: 0 },
  });
}

async function enter(index: FleetIndex, fleet: DriverRecord[]): Promise<void> {
  await Promise.all(
    fleet.map(async (record) => {
      const known = await index.load(record.driverId);
      await index.claim(known, regionOf(record.cell), record.version, START);
    }),
  );
  // Tails of all lengths: a driver that reports steadily has each for the same time.
  await index.apply(
    fleet.map((after, i) => {
      const track = Array.from({ length: i % CHUNK_FIXES }, (_, n) => ({
        ...after,
        t: START + n,
        late: false,
      }));
      return { before: null, expected: null, after, track };
    }),
  );
}

async function ofTracks(index: FleetIndex, client: RedisClient, fleet: DriverRecord[]): Promise<number> {
  let records = fleet.slice(0, TRACKS);
  const fixes = (TRACK_HOURS * 3_600_000) / TRACK_STEP_MS;
  for (let step = 1; step <= fixes; step += 1) {
    const writes = records.map((before): Write => {
      const t = START + step * TRACK_STEP_MS;
      const after = { ...before, t, version: t * 1_000 };
      return { before, expected: before.version, after, track: [{ ...after, late: false }] };
    });
    await index.apply(writes);
    records = writes.map(({ after }) => after);
  }
  let bytes = 0;
  await eachKey(client, (key, size) => {
    if (kindOf(key) === 'track') bytes += size;
  });
  return bytes / (fixes * records.length);
}

async function eachKey(client: RedisClient, see: (key: string, bytes: number) => void): Promise<void> {
  let cursor = '0';
  do {
    const [next, found] = (await client.call('SCAN', cursor, 'COUNT', 1_000)) as [string, string[]];
    cursor = next;
    const sizes = await Promise.all(found.map((key) => client.call('MEMORY', 'USAGE', key, 'SAMPLES', 0)));
    found.forEach((key, i) => {
      see(key, Number(sizes[i]));
    });
  } while (cursor !== '0');
}

const KINDS = { ':cell:': 'cells', ':drivers': 'records', ':track:': 'track', 'driver:': 'driver pointer' };

const kindOf = (key: string): string =>
  Object.entries(KINDS).find(([part]) => key.includes(part))?.[1] ?? 'the set of regions';

/** Formats the rows as Markdown. */
function tableOf(rows: Row[]): string {
  const lines = rows.map(({ drivers, what, bytes }) => `| ${drivers} | ${what} | ${bytes.toFixed(1)} |`);
  return ['| drivers | of | bytes each |', '| --- | --- | --- |', ...lines].join('\n');
}
