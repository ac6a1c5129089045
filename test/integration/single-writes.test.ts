import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { indexCell, regionOf } from '#geo/cells';
import { CHUNK_FIXES, FleetIndex, hourOf, Tracks, type Write } from '#store';
import { keys } from '../../libs/store/src/keys.js';
import { recordAt } from '../fixtures/records.js';
import { type StoreTestBed, startOne } from './store-test-bed.js';

const NOW = Date.now();
const HERE = { lat: 40.75, lng: -73.99 };
const REGION = regionOf(indexCell(HERE));

let testBed: StoreTestBed;
let index: FleetIndex;
beforeAll(async () => {
  testBed = await startOne();
});
beforeEach(async () => {
  await testBed.masters[0]!.flushall();
  index = new FleetIndex(testBed.client);
});
afterAll(() => testBed.stop());

const entering = (driverId: string, t = NOW, at = HERE): Write => {
  const after = recordAt(driverId, t, at);
  return { before: null, expected: null, after, track: [{ ...after, late: false }] };
};
const together = (writes: Write[]) => Promise.all(writes.map((write) => index.apply([write])));
const scriptCalls = async () => {
  const stats = await testBed.masters[0]!.info('commandstats');
  return [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );
};

test('single writes of one turn share a call, and each learns its own result', async () => {
  await together([entering('first')]);
  const before = await scriptCalls();
  expect(await together(['a', 'b', 'c'].map((id) => entering(id)))).toEqual([[], [], []]);
  expect((await scriptCalls()) - before).toBe(1);
  expect(await together([entering('d'), entering('a'), entering('e')])).toEqual([[], ['a'], []]);
  expect([...(await testBed.placed()).keys()].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'first']);
});

test('of two writes of one driver in one turn, the one that is refused learns it, the other does not', async () => {
  const [one, other] = [entering('a', NOW), entering('a', NOW + 1_000)];
  expect(await together([one, other, entering('b')])).toEqual([[], ['a'], []]);
  expect((await index.recordIn(REGION, 'a'))?.t).toBe(NOW);
});

test('a driver whose data is broken fails alone', async () => {
  const full = entering('broken');
  full.track = Array.from({ length: CHUNK_FIXES }, (_, i) => ({ ...full.after, t: NOW + i, late: false }));
  await testBed.client.set(keys.track(REGION, 'broken', hourOf(NOW)), 'no list');
  const results = await Promise.allSettled(
    [entering('a'), full, entering('b')].map((write) => index.apply([write])),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const tracks = new Tracks(testBed.client, 24);
  for (const driverId of ['a', 'b']) {
    await testBed.client.hset(keys.driverPointer(driverId), { region: REGION });
    const read = await tracks.read(driverId, { from: NOW, to: NOW });
    expect(read?.fixes.map(({ t }) => t)).toEqual([NOW]);
  }
});

test('a driver whose data is broken makes no write in another region fail or conflict', async () => {
  const full = entering('broken');
  full.track = Array.from({ length: CHUNK_FIXES }, (_, i) => ({ ...full.after, t: NOW + i, late: false }));
  await testBed.client.set(keys.track(REGION, 'broken', hourOf(NOW)), 'no list');
  const elsewhere = { lat: 41.9, lng: 12.5 };
  const results = await Promise.allSettled(
    [entering('a', NOW, elsewhere), full, entering('b', NOW, elsewhere)].map((write) => index.apply([write])),
  );
  expect(results).toMatchObject([{ value: [] }, { status: 'rejected' }, { value: [] }]);
});
