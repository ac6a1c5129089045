import { afterAll, beforeAll, expect, test } from 'vitest';
import { indexCell, regionOf } from '#geo/cells';
import { AreaTracks, FleetIndex, hourOf, packTrackFix, Tracks } from '#store';
import { keys } from '../../libs/store/src/keys.js';
import { recordAt } from '../fixtures/records.js';
import { type StoreTestBed, startOne } from './store-test-bed.js';

const NOW = Date.now();
const HERE = { lat: 40.75, lng: -73.99 };
const DRIVERS = 12;
const SPAN = { from: NOW - 60_000, to: NOW };

let testBed: StoreTestBed;
/** drivers whose tracks were read, in order */
let reads: string[];
let area: AreaTracks;

beforeAll(async () => {
  testBed = await startOne();
  const index = new FleetIndex(testBed.client);
  const region = regionOf(indexCell(HERE));
  for (let i = 0; i < DRIVERS; i += 1) {
    const driverId = `d-${i}`;
    const after = recordAt(driverId, NOW - 1_000, HERE);
    await index.apply([{ before: null, expected: null, after, track: [] }]);
    await testBed.client.hset(keys.driverPointer(driverId), { region });
    const fix = { ...HERE, t: NOW - 1_000, heading: 0, speedMps: 0, accuracyM: 5 };
    await testBed.client.rpush(keys.track(region, driverId, hourOf(fix.t)), packTrackFix(fix));
  }
  class RecordedTracks extends Tracks {
    override read(...args: Parameters<Tracks['read']>) {
      reads.push(args[0]);
      return super.read(...args);
    }
  }
  area = new AreaTracks(testBed.client, new RecordedTracks(testBed.client, 24));
});
afterAll(() => testBed.stop());

const read = (signal?: AbortSignal) => {
  reads = [];
  return area.read({ cells: [indexCell(HERE)], contains: () => true }, HERE, SPAN, { now: NOW, signal });
};

test('all vehicles are returned, in parts', async () => {
  const found: string[] = [];
  let parts = 0;
  for await (const vehicles of read()) {
    found.push(...vehicles.map(({ driverId }) => driverId));
    parts += 1;
  }
  expect(found.sort()).toEqual(Array.from({ length: DRIVERS }, (_, i) => `d-${i}`).sort());
  expect(parts).toBeGreaterThan(1);
});

test('reading stops when the client has gone', async () => {
  const gone = new AbortController();
  const vehicles = read(gone.signal);
  expect((await vehicles.next()).done).toBe(false);
  const before = reads.length;
  gone.abort(new Error('gone'));
  await expect(vehicles.next()).rejects.toThrow('gone');
  expect(reads.length).toBeLessThan(DRIVERS);
  expect(reads.length - before).toBeLessThanOrEqual(4);
});
