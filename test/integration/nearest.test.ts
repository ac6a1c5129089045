import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { cellToLatLng, getPentagons } from 'h3-js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { destination, distanceM, type Point } from '#geo';
import { type DriverRecord, FleetIndex, FleetQueries, type Found } from '#store';
import { recordAt } from '../fixtures/records.js';
import { cornerOfRegions } from './places.js';
import { type StoreTestBed, startOne } from './store-test-bed.js';

const T = 1_800_000_000_000;
const MAX_M = 5_000;
const TRACES = '/shared/traces/nyc-trips.ndjson';

let testBed: StoreTestBed;
let index: FleetIndex;
let queries: FleetQueries;
beforeAll(async () => {
  testBed = await startOne();
  index = new FleetIndex(testBed.client);
});
beforeEach(async () => {
  await testBed.masters[0]!.flushall();
  // New instance: the density that it has learned belongs to the previous fleet.
  queries = new FleetQueries(testBed.client);
});
afterAll(() => testBed.stop());

const pentagon = () => {
  const [lat, lng] = cellToLatLng(getPentagons(6)[3]!);
  return { lat, lng };
};

describe('nearest-driver search agrees with brute force', () => {
  test.each<[string, Point]>([
    ['in a city', { lat: 40.75, lng: -73.99 }],
    ['around a pentagon', pentagon()],
    ['at the north pole', { lat: 89.995, lng: 12 }],
    ['at the south pole', { lat: -89.999, lng: -100 }],
    ['where geo sets end', { lat: 85.05, lng: 30 }],
    ['over the antimeridian', { lat: -16.8, lng: 179.998 }],
    ['where three regions meet', cornerOfRegions({ lat: 48.8, lng: 2.3 })],
  ])('%s', async (_, center) => {
    const around = fc
      .tuple(fc.double({ min: 0, max: 360, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([heading, share]) => destination(center, heading, MAX_M * 1.2 * share ** 2));
    await fc.assert(
      fc.asyncProperty(
        fc.array(around, { maxLength: 120 }),
        fc.array(fc.tuple(around, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: MAX_M })), {
          minLength: 3,
          maxLength: 6,
        }),
        async (places, searches) => {
          await testBed.masters[0]!.flushall();
          const fleet = await drive(places);
          for (const [point, k, maxM] of searches) await expectExact(fleet, point, k, maxM);
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  });

  test('with all drivers at one position, and with no drivers', async () => {
    const spot = { lat: 40.75, lng: -73.99 };
    expect(await queries.nearest(10, spot, { maxM: MAX_M })).toEqual([]);
    const fleet = await drive(Array.from({ length: 300 }, () => spot));
    for (const k of [1, 10, 300]) await expectExact(fleet, destination(spot, 20, 900), k, MAX_M);
    await expectExact(fleet, destination(spot, 20, 900), 10, 899);
  });

  const recorded = existsSync(`..${TRACES}`);
  test.skipIf(!recorded)(`on recorded drives${recorded ? '' : ' (no recordings available)'}`, async () => {
    const last = new Map<string, Point>();
    for (const line of readFileSync(`..${TRACES}`, 'utf8').trim().split('\n')) {
      const { id, lat, lng } = JSON.parse(line);
      last.set(id, { lat, lng });
    }
    const places = [...last.values()];
    const fleet = await drive(places);
    for (const [i, place] of places.entries())
      await expectExact(fleet, destination(place, i, (i * 37) % 3_000), 1 + (i % 10), 3_000);
  });

  test('returns only drivers with the requested status, and none who have left', async () => {
    const spot = { lat: 40.75, lng: -73.99 };
    const fleet = await drive([spot, spot, spot]);
    const [first, second] = fleet;
    await index.apply([
      write({ ...first!, status: 'busy', version: first!.version + 1 }, first!),
      write({ ...second!, present: false, version: second!.version + 1 }, second!),
    ]);
    const ids = async (statuses: Array<'available' | 'busy'>) =>
      (await queries.nearest(5, spot, { maxM: 100, statuses })).map(({ record }) => record.driverId);
    expect(await ids(['available'])).toEqual(['car-2']);
    expect(await ids(['busy'])).toEqual(['car-0']);
    expect((await ids(['available', 'busy'])).sort()).toEqual(['car-0', 'car-2']);
  });
});

async function drive(places: Point[]): Promise<DriverRecord[]> {
  const fleet = places.map((place, i) => recordAt(`car-${i}`, T, place));
  await index.apply(fleet.map((after) => write(after)));
  return fleet;
}

const write = (after: DriverRecord, before: DriverRecord | null = null) => ({
  before,
  expected: before?.version ?? null,
  after,
  track: [],
});

async function expectExact(fleet: DriverRecord[], point: Point, k: number, maxM: number): Promise<void> {
  const measured = fleet
    .map((record) => distanceM(point, record))
    .filter((away) => away <= maxM)
    .sort((a, b) => a - b)
    .slice(0, k);
  const found: Found[] = await queries.nearest(k, point, { maxM });
  expect(found.map(({ distanceM }) => distanceM)).toEqual(measured);
  for (const { record, distanceM: away } of found) expect(distanceM(point, record)).toBe(away);
  expect(new Set(found.map(({ record }) => record.driverId)).size).toBe(found.length);
}
