import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { destination } from '#geo';
import { indexCell, regionOf } from '#geo/cells';
import { type DriverEvent, FleetIndex, FleetQueries } from '#store';
import { keys } from '../../libs/store/src/keys.js';
import { isMisplaced } from '../chaos/index-watch.js';
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

test('a region whose slot moves to another master, and back, while fixes flow, loses nothing', async () => {
  const index = new FleetIndex(testBed.client);
  const { processor } = steppedProcessor(index, (step) => step(), 1);
  const region = regionOf(indexCell(HERE));
  let again = 0;
  const drive = async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const fixes = fixesOf(round);
      // As the reader does: what could not be written comes again.
      for (let handled = false, redelivered = false; !handled; redelivered = true) {
        if (redelivered) again += 1;
        handled = await processor.handle(fixes, redelivered).then(
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
  expect(again, 'a slot that moves makes writes wait, not fail for good').toBeLessThan(ROUNDS);
}, 60_000);

test.each([
  ['the records have moved and the cells have not', true],
  ['a cell has moved and the records have not', false],
])('while %s, a region is neither asked nor written', async (_, recordsFirst) => {
  await Promise.all(testBed.masters.map((master) => master.flushall()));
  const { processor } = steppedProcessor(new FleetIndex(testBed.client), (step) => step(), 1);
  const cars = fixesOf(0).slice(0, 3);
  await processor.handle(cars, false);
  const region = regionOf(indexCell(HERE));
  const nearest = async () =>
    (await new FleetQueries(testBed.client).nearest(3, HERE, { maxM: 5_000 })).length;
  const drive = () => processor.handle(fixesOf(1).slice(0, 3), true);

  const move = await beginMove(region);
  await move.migrate(recordsFirst ? keys.drivers(region) : await cellIn(move));
  const asked = await outcomeOf(nearest());
  const written = await outcomeOf(drive());
  await move.finish();
  expect({ asked, written }).toEqual({ asked: 'waits', written: 'waits' });
  await drive();
  expect(await nearest()).toBe(3);
  const placed = await testBed.placed();
  expect([...placed.values()].map(({ records }) => records.map(({ t }) => t))).toEqual(
    Array(3).fill([START + 1_000]),
  );
  expect([...placed.values()].some(isMisplaced)).toBe(false);
});

/** The client tries again for a while, by turns where it was sent (TRYAGAIN) and here (ASK), before it gives up. */
const outcomeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (answer) => ({ answer }),
    (error: Error) => (error.message.startsWith('Too many Cluster redirections') ? 'waits' : error),
  );

/** Everybody drives away from the middle, so that cells are left and entered. */
const fixesOf = (round: number): DriverEvent[] =>
  Array.from({ length: DRIVERS }, (_, i) => ({
    driverId: `car-${i}`,
    receivedAt: Date.now(),
    fix: { t: START + round * 1_000, ...destination(HERE, (i * 360) / DRIVERS, 300 + round * 30) },
  }));

type Move = { from: Redis; slot: number; migrate(key: string): Promise<void>; finish(): Promise<void> };

/** https://redis.io/commands/cluster-setslot: begins to move the slot of a region to the master after the one that has it. */
async function beginMove(region: string): Promise<Move> {
  const slot = Number(await testBed.masters[0]!.call('CLUSTER', 'KEYSLOT', keys.drivers(region)));
  const owners = await Promise.all(testBed.masters.map((master) => isOwner(master, slot)));
  const from = testBed.masters[owners.indexOf(true)]!;
  const to = testBed.masters[(owners.indexOf(true) + 1) % testBed.masters.length]!;
  const [fromId, toId] = await Promise.all(
    [from, to].map(async (node) => String(await node.call('CLUSTER', 'MYID'))),
  );
  await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId!);
  await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId!);
  const migrate = async (key: string) => {
    await from.call('MIGRATE', '127.0.0.1', to.options.port!, key, 0, 5_000);
  };
  return {
    from,
    slot,
    migrate,
    finish: async () => {
      for (let key = await anyKey(from, slot); key !== undefined; key = await anyKey(from, slot))
        await migrate(key);
      for (const master of [to, from, ...testBed.masters])
        await master.call('CLUSTER', 'SETSLOT', slot, 'NODE', toId!);
    },
  };
}

async function moveSlot(region: string): Promise<void> {
  const move = await beginMove(region);
  // The key that every write names goes first, and the others one by one: there is time to write to one half.
  await move.migrate(keys.drivers(region));
  await move.finish();
}

async function cellIn({ from, slot }: Move): Promise<string> {
  const all = (await from.call('CLUSTER', 'GETKEYSINSLOT', slot, 1_000)) as string[];
  return all.find((key) => key.includes(':cell:'))!;
}

const anyKey = async (node: Redis, slot: number): Promise<string | undefined> =>
  ((await node.call('CLUSTER', 'GETKEYSINSLOT', slot, 1)) as string[])[0];

async function isOwner(master: Redis, slot: number): Promise<boolean> {
  const own = String(await master.call('CLUSTER', 'NODES'))
    .split('\n')
    .find((line) => line.includes('myself'))!;
  return own
    .split(' ')
    .slice(8)
    .filter((part) => !part.startsWith('['))
    .some((part) => {
      const [first, last = first] = part.split('-').map(Number);
      return slot >= first! && slot <= last!;
    });
}
