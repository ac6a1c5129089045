import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { destination, type Point } from '#geo';
import { indexCell, regionOf } from '#geo/cells';
import { HOUR_MS } from '#protocol';
import { FleetIndex } from '#store';
import { Sweeper } from '../../apps/processor/src/sweep/sweeper.js';
import { keys } from '../../libs/store/src/keys.js';
import { cornerOfRegions } from './places.js';
import { type StoreTestBed, startOne } from './store-test-bed.js';
import { steppedProcessor } from './two-processors.js';

const CORNER = cornerOfRegions({ lat: 40.75, lng: -73.99 });
const HERE = destination(CORNER, 0, 1_500);
const THERE = [60, 120, 180, 240, 300]
  .map((heading) => destination(CORNER, heading, 1_500))
  .find((point) => regionAt(point) !== regionAt(HERE))!;

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

const steppedOn = (fleet: FleetIndex) => steppedProcessor(fleet, (step) => step(), 1);
const fixAt = (place: Point, t: number) => ({ driverId: 'a', receivedAt: Date.now(), fix: { t, ...place } });

test('a region stays in the set while it has a record or recent writes', async () => {
  const { processor, handle } = steppedOn(index);
  const startedAt = Date.now();
  await handle([fixAt(HERE, startedAt - 2 * HOUR_MS)], false);
  await handle([fixAt(THERE, startedAt - HOUR_MS)], false);
  const both = [HERE, THERE].map(regionAt).sort();
  // One region holds a departure record, the other the driver's record.
  await index.forgetRegions(Date.now() + HOUR_MS);
  expect((await index.regions()).sort()).toEqual(both);

  const sweeper = new Sweeper(index, processor, 30_000);
  for (const later of [26, 52])
    for (const region of both) await sweeper.sweep(region, Date.now() + later * HOUR_MS);
  expect(await testBed.client.exists(...both.map(keys.drivers))).toBe(0);
  await index.forgetRegions(startedAt);
  expect((await index.regions()).sort()).toEqual(both);
  await index.forgetRegions(Date.now() + 1);
  expect(await index.regions()).toEqual([]);
});

test('a region that is written to during its removal stays in the set', async () => {
  const before = Date.now() - HOUR_MS;
  const region = regionAt(HERE);
  await testBed.client.zadd(keys.regions, before - 1, region);
  const exists = testBed.client.exists.bind(testBed.client);
  testBed.client.exists = (async (...checked: string[]) => {
    const found = await exists(...checked);
    await steppedOn(index).handle([fixAt(HERE, Date.now())], false);
    return found;
  }) as typeof exists;
  await index.forgetRegions(before).finally(() => {
    testBed.client.exists = exists;
  });
  expect(await index.regions()).toEqual([region]);
});

test('the earlier region of a forgotten driver is in the set again when the driver reappears elsewhere', async () => {
  await testBed.client.hset(keys.driverPointer('a'), { region: regionAt(HERE), claimed: 1_000 });
  await steppedOn(index).handle([fixAt(THERE, Date.now())], false);
  expect(await testBed.client.exists(keys.drivers(regionAt(HERE)))).toBe(1);
  expect((await index.regions()).sort()).toEqual([HERE, THERE].map(regionAt).sort());
});

test('a driver who returns after being forgotten is available, whatever their status was when they changed region', async () => {
  const { processor, handle } = steppedOn(index);
  const now = Date.now();
  const change = (change: 'trip:begun' | 'trip:over', order: number) => ({
    driverId: 'a',
    receivedAt: now,
    change,
    order,
  });
  await handle([fixAt(HERE, now - 3 * HOUR_MS), change('trip:begun', 1)], false);
  await handle([fixAt(THERE, now - 2 * HOUR_MS)], false);
  await handle([change('trip:over', 2)], false);
  const sweeper = new Sweeper(index, processor, 30_000);
  for (const later of [26, 52])
    for (const region of await index.regions()) await sweeper.sweep(region, now + later * HOUR_MS);
  expect(await index.load('a')).toMatchObject({ record: null, status: 'available' });
});

test('a driver pointer drops regions that no longer have a track', async () => {
  const now = Date.now();
  const pointer = keys.driverPointer('a');
  const { handle } = steppedOn(index);
  await handle([fixAt(HERE, now - HOUR_MS)], false);
  await testBed.client.hset(pointer, {
    'region:gone': now - 26 * HOUR_MS,
    'region:kept': now - 24 * HOUR_MS,
  });
  await handle([fixAt(THERE, now)], false);
  const regions = Object.keys(await testBed.client.hgetall(pointer)).filter((field) =>
    field.startsWith('region:'),
  );
  expect(regions.sort()).toEqual([`region:${regionAt(HERE)}`, 'region:kept'].sort());
});

function regionAt(point: Point): string {
  return regionOf(indexCell(point));
}
