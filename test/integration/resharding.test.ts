import { afterAll, beforeAll, expect, test } from 'vitest';
import { destination } from '#geo';
import { indexCell, regionOf } from '#geo/cells';
import { type DriverEvent, FleetIndex, FleetQueries } from '#store';
import { keys } from '../../libs/store/src/keys.js';
import { isMisplaced } from '../chaos/index-watch.js';
import { beginSlotMove, type SlotMove } from '../fixtures/redis-cluster.js';
import { type StoreTestBed, startCluster } from './store-test-bed.js';
import { steppedProcessor } from './two-processors.js';

const HERE = { lat: 40.75, lng: -73.99 };
const DRIVERS = 200;
const ROUNDS = 60;
const START = Date.now() - 3_600_000;

let testBed: StoreTestBed;
beforeAll(async () => {
  testBed = await startCluster();
});
afterAll(() => testBed.stop());

test('no fix is lost while the slot of a region migrates to another master and back', async () => {
  const index = new FleetIndex(testBed.client);
  const { handle } = steppedProcessor(index, (step) => step(), 1);
  const region = regionOf(indexCell(HERE));
  let redeliveries = 0;
  const drive = async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const fixes = fixesOf(round);
      // As the reader does, redeliver what could not be written.
      for (let handled = false, redelivered = false; !handled; redelivered = true) {
        if (redelivered) redeliveries += 1;
        handled = await handle(fixes, redelivered).then(
          () => true,
          () => false,
        );
      }
    }
  };
  await Promise.all([drive(), moveSlot(region).then(() => moveSlot(region))]);
  const placed = await testBed.placed();
  expect(placed.size).toBe(DRIVERS);
  for (const place of placed.values()) {
    expect(isMisplaced(place)).toBe(false);
    expect(place.records.map(({ t }) => t)).toEqual([START + (ROUNDS - 1) * 1_000]);
  }
  const found = await new FleetQueries(testBed.client).nearest(DRIVERS, HERE, { maxM: 5_000 });
  expect(found).toHaveLength(DRIVERS);
  expect(redeliveries, 'while a slot moves, writes wait instead of failing for good').toBeLessThan(ROUNDS);
}, 60_000);

test('a write counts as stored only when as many replicas as configured have it', async () => {
  await Promise.all(testBed.masters.map((master) => master.flushall()));
  const handleWith = (waitReplicas: number) => {
    const index = new FleetIndex(testBed.client, { waitReplicas });
    return steppedProcessor(index, (step) => step(), 1).handle(fixesOf(0).slice(0, 1), false);
  };
  // These masters have none.
  await expect(handleWith(1)).rejects.toThrow('too few replicas: 0 of 1');
  await handleWith(0);
});

test.each([
  ['the records have moved and the cells have not', true],
  ['a cell has moved and the records have not', false],
])('a region is neither read nor written while %s', async (_, recordsFirst) => {
  await Promise.all(testBed.masters.map((master) => master.flushall()));
  const { handle } = steppedProcessor(new FleetIndex(testBed.client), (step) => step(), 1);
  const cars = fixesOf(0).slice(0, 3);
  await handle(cars, false);
  const region = regionOf(indexCell(HERE));
  const nearest = async () =>
    (await new FleetQueries(testBed.client).nearest(3, HERE, { maxM: 5_000 })).length;
  const drive = () => handle(fixesOf(1).slice(0, 3), true);

  const move = await beginSlotMove(testBed.masters, keys.drivers(region));
  await move.migrate(recordsFirst ? keys.drivers(region) : await cellIn(move));
  const read = await outcomeOf(nearest());
  const written = await outcomeOf(drive());
  await move.finish();
  expect({ read, written }).toEqual({ read: 'waits', written: 'waits' });
  await drive();
  expect(await nearest()).toBe(3);
  const placed = await testBed.placed();
  expect([...placed.values()].map(({ records }) => records.map(({ t }) => t))).toEqual(
    Array(3).fill([START + 1_000]),
  );
  expect([...placed.values()].some(isMisplaced)).toBe(false);
});

/** The client retries for a while, alternately on the source (ASK) and on the target (TRYAGAIN), before it gives up. */
const outcomeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (result) => ({ result }),
    (error: Error) => (error.message.startsWith('Too many Cluster redirections') ? 'waits' : error),
  );

/** All cars drive away from the centre, so that they leave and enter cells. */
const fixesOf = (round: number): DriverEvent[] =>
  Array.from({ length: DRIVERS }, (_, i) => ({
    driverId: `car-${i}`,
    receivedAt: Date.now(),
    fix: { t: START + round * 1_000, ...destination(HERE, (i * 360) / DRIVERS, 300 + round * 30) },
  }));

async function moveSlot(region: string): Promise<void> {
  const move = await beginSlotMove(testBed.masters, keys.drivers(region));
  // The key of every write moves first, the others one by one, so that there is time to write to half of the region.
  await move.migrate(keys.drivers(region));
  await move.finish();
}

async function cellIn({ from, slot }: SlotMove): Promise<string> {
  const all = (await from.call('CLUSTER', 'GETKEYSINSLOT', slot, 1_000)) as string[];
  return all.find((key) => key.includes(':cell:'))!;
}
