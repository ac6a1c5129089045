import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { destination, type Point } from '#geo';
import { codeOf, indexCell, regionOf } from '#geo/cells';
import { type DriverEvent, FleetIndex, type KnownDriver } from '#store';
import { Sweeper } from '../../apps/processor/src/sweep/sweeper.js';
import { keys } from '../../libs/store/src/keys.js';
import { encodeRecord } from '../../libs/store/src/record-bytes.js';
import { isMisplaced, type Placed } from '../chaos/index-watch.js';
import { cornerOfRegions } from './places.js';
import { type StoreTestBed, startCluster, startOne } from './store-test-bed.js';
import { handleAll, steppedProcessor, type TakeTurn } from './two-processors.js';

/** A minute, so that a car can drive between any two of the places in one step. */
const STEP_MS = 60_000;
const START = Math.floor(Date.now() / STEP_MS) * STEP_MS - 60 * STEP_MS;
const DRIVERS = ['a', 'b'];

const PLACES = placesAtABorder();
const FORGOTTEN_IN = regionOf(indexCell(PLACES[0]!));

describe.each([
  ['one Redis', startOne, 200],
  ['a Redis Cluster of three masters', startCluster, 25],
] as const)('on %s', (_, start, numRuns) => {
  let testBed: StoreTestBed;
  beforeAll(async () => {
    testBed = await start();
  });
  afterAll(() => testBed.stop());

  const placed = () => testBed.placed();
  const empty = () => Promise.all(testBed.masters.map((master) => master.flushall()));

  test('a driver is in at most one cell and the newest fix wins, however two processors interleave and wherever one is killed', async () => {
    const fix = fc.record({
      driverId: fc.constantFrom(...DRIVERS),
      place: fc.nat(PLACES.length - 1),
      minute: fc.nat(20),
    });
    const status = fc.record({
      driverId: fc.constantFrom(...DRIVERS),
      change: fc.constantFrom('available' as const, 'busy' as const, 'offline' as const),
    });
    const batch = fc.array(fc.oneof({ weight: 4, arbitrary: fix }, status), { minLength: 1, maxLength: 4 });
    const kill = fc.record({ atStep: fc.integer({ min: 1, max: 25 }), beforeIt: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(5), { maxLength: 4 }),
        kill,
        fc.boolean(),
        fc.scheduler(),
        async (requested, alsoToTheOther, kill, isForgotten, scheduler) => {
          await empty();
          // All that is left of a driver a day after it was last seen.
          if (isForgotten)
            await testBed.client.hset(keys.driverPointer('a'), { region: FORGOTTEN_IN, claimed: 1_000 });
          const batches = requested.map((events, b) =>
            events.map((event, i) => toEvent(event, b * 10 + i + 1)),
          );
          const index = new FleetIndex(testBed.client);
          const misplaced: string[] = [];
          const run = scheduler.scheduleFunction(async (step: () => Promise<unknown>) => {
            const result = await step();
            for (const [id, place] of await placed()) if (isMisplaced(place)) misplaced.push(id);
            return result;
          });
          const takeTurn = run as TakeTurn;
          const first = steppedProcessor(index, takeTurn, 1, kill);
          const heir = steppedProcessor(index, takeTurn, 2);
          const other = steppedProcessor(index, takeTurn, 3);
          // The other processor also reads the partition for a while, so both get some batches.
          const twice = alsoToTheOther.flatMap((b) => (b < batches.length ? [batches[b]!] : []));
          await scheduler.waitFor(
            Promise.all([handleAll(first, heir, batches), handleAll(other, other, twice)]),
          );
          expect(misplaced).toEqual([]);
          const end = await placed();
          for (const driverId of DRIVERS) {
            expectNewest(batches.flat(), await index.load(driverId), end.get(driverId));
            await expectWholeTrack(batches.flat(), driverId, index);
          }
        },
      ),
      { numRuns },
    );
  });

  test('a record in an unknown format is ignored and does not block its driver', async () => {
    await empty();
    const index = new FleetIndex(testBed.client);
    const { handle } = steppedProcessor(index, (step) => step(), 1);
    await testBed.client.hset(keys.driverPointer('a'), { region: FORGOTTEN_IN, claimed: 1_000 });
    await testBed.client.hset(keys.drivers(FORGOTTEN_IN), 'a', '1000|an older format');
    for await (const stale of index.stale(FORGOTTEN_IN, Date.now(), Date.now())) expect(stale).toEqual([]);
    await handle([toEvent({ driverId: 'a', place: 0, minute: 3 }, 1)], false);
    expect((await placed()).get('a')?.records).toMatchObject([{ t: START + 3 * STEP_MS }]);
  });

  test('records of version 0.1, which are text, are continued, swept and forgotten', async () => {
    await empty();
    const index = new FleetIndex(testBed.client);
    const { processor, handle } = steppedProcessor(index, (step) => step(), 1);
    const [here] = PLACES;
    const cell = indexCell(here!);
    const region = regionOf(cell);
    const textOf = (letter: string) =>
      `${START * 1_000}|${codeOf(cell)}${letter}|${START}|${Math.round(here!.lat * 1e7)}|${Math.round(here!.lng * 1e7)}|0|0||0|0|||`;
    const ids = ['driving', 'silent', 'left'];
    for (const driverId of ids) {
      await testBed.client.hset(keys.driverPointer(driverId), { region, claimed: 1_000 });
      await testBed.client.hset(keys.drivers(region), driverId, textOf(driverId === 'left' ? 'A' : 'a'));
      if (driverId !== 'left')
        await testBed.client.geoadd(keys.cell(cell, 'available'), here!.lng, here!.lat, driverId);
    }
    await handle([toEvent({ driverId: 'driving', place: 0, minute: 3 }, 1)], false);
    expect(await index.load('driving')).toMatchObject({ record: { t: START + 3 * STEP_MS, present: true } });
    const sweeper = new Sweeper(index, processor, 30_000);
    await sweeper.sweep(region, Date.now());
    const swept = await placed();
    expect(swept.get('driving')?.records).toHaveLength(1);
    expect(swept.get('silent')).toMatchObject({ records: [], left: [{ t: START }], cells: [] });
    // The driver that left did so an hour ago.
    await sweeper.sweep(region, START + 26 * 3_600_000);
    expect((await placed()).has('left')).toBe(false);
  });

  test('the sweeper repairs a driver indexed in two regions, removes silent drivers and keeps active ones', async () => {
    await empty();
    const index = new FleetIndex(testBed.client);
    const free: TakeTurn = (step) => step();
    const { processor, handle } = steppedProcessor(index, free, 1);
    const now = Date.now();
    const silentMs = 30_000;
    const [here, , beyond] = PLACES;
    await handle(
      ['active', 'silent', 'twofold'].map((driverId) => toEvent({ driverId, place: 0, minute: 1 }, 0)),
      false,
    );
    const old = await index.load('twofold');
    await handle([toEvent({ driverId: 'twofold', place: 2, minute: 2 }, 1)], false);
    // As after a failover that lost the last second: the driver is still in the region that it has left.
    const record = old.record!;
    await testBed.client.hset(keys.drivers(old.region!), 'twofold', encodeRecord(record));
    await testBed.client.geoadd(keys.cell(record.cell, 'available'), record.lng, record.lat, 'twofold');
    expect((await placed()).get('twofold')?.records).toHaveLength(2);
    const sweeper = new Sweeper(index, processor, silentMs);
    for (const region of await index.regions()) await sweeper.sweep(region, now + 20_000);
    const repaired = await placed();
    expect(repaired.get('twofold')?.records.map(({ cell }) => regionOf(cell))).toEqual([
      regionOf(indexCell(beyond!)),
    ]);
    expect(repaired.get('active')?.records).toHaveLength(1);

    const before = Date.now();
    await handle([toEvent({ driverId: 'active', place: 1, minute: 3 }, 2)], false);
    for (const region of await index.regions()) await sweeper.sweep(region, before + silentMs);
    expect((await placed()).get('silent')).toMatchObject({
      records: [],
      left: [{ t: START + STEP_MS }],
      cells: [],
    });
    expect((await placed()).get('active')?.records).toMatchObject([{ present: true }]);
    expect(regionOf(indexCell(here!))).not.toBe(regionOf(indexCell(beyond!)));
    // A watermark is stored for a day.
    for (const region of await index.regions()) await sweeper.sweep(region, Date.now() + 26 * 3_600_000);
    expect([...(await placed()).keys()]).toEqual(['active']);
  });
});

type Requested =
  | { driverId: string; place: number; minute: number }
  | { driverId: string; change: 'available' | 'busy' | 'offline' };

function toEvent(requested: Requested, order: number): DriverEvent {
  const { driverId } = requested;
  const receivedAt = Date.now();
  if ('change' in requested) return { driverId, receivedAt, change: requested.change, order };
  return {
    driverId,
    receivedAt,
    fix: { t: START + requested.minute * STEP_MS, ...PLACES[requested.place]! },
  };
}

/** The plain model: the newest fix time and the last status that the driver sent. */
function expectNewest(events: DriverEvent[], { driverId, record }: KnownDriver, placed?: Placed): void {
  const own = events.filter((event) => event.driverId === driverId);
  const times = own.flatMap((event) => ('fix' in event ? [event.fix.t] : []));
  const changes = own.flatMap((event) => ('change' in event ? [event.change] : []));
  const status = changes.at(-1) ?? 'available';
  expect(record?.t).toBe(times.length === 0 ? undefined : Math.max(...times));
  if (record !== null) expect(record.status).toBe(status);
  const present = placed?.records ?? [];
  expect(present.length).toBe(record?.present ? 1 : 0);
  if (status === 'offline') expect(present).toEqual([]);
  if (times.length > 0 && !changes.includes('offline')) expect(present).toHaveLength(1);
}

/** Each time that a driver sent is in its track, unless the driver was offline for a while. */
async function expectWholeTrack(events: DriverEvent[], driverId: string, index: FleetIndex): Promise<void> {
  const own = events.filter((event) => event.driverId === driverId);
  if (own.some((event) => 'change' in event && event.change === 'offline')) return;
  const times = own.flatMap((event) => ('fix' in event ? [event.fix.t] : []));
  const span = { from: START, to: START + 60 * STEP_MS };
  expect(await index.keptTimes(driverId, span)).toEqual(new Set(times));
}

/** Two places in neighbouring cells of one region, and one across each of two of its borders, a short drive apart. */
function placesAtABorder(): Point[] {
  const corner = cornerOfRegions({ lat: 40.75, lng: -73.99 });
  const around = Array.from({ length: 36 }, (_, i) => destination(corner, i * 10, 1_500));
  const byRegion = new Map<string, Point>();
  for (const point of around) byRegion.set(regionOf(indexCell(point)), point);
  const [first, ...others] = [...byRegion.values()];
  const neighbour = around.find(
    (point) =>
      regionOf(indexCell(point)) === regionOf(indexCell(first!)) && indexCell(point) !== indexCell(first!),
  );
  return [first!, neighbour ?? first!, ...others];
}
