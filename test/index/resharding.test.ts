import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { destination } from '#geo';
import { indexCell, regionOf } from '#geo/cells';
import { type DriverEvent, FleetIndex, FleetQuestions } from '#store';
import { keys } from '../../libs/store/src/keys.js';
import { isMisplaced } from '../chaos/index-watch.js';
import { type Stand, startCluster } from './stand.js';
import { steppedProcessor } from './two-processors.js';

const HERE = { lat: 40.75, lng: -73.99 };
const DRIVERS = 200;
const ROUNDS = 60;
const START = Date.now() - 3_600_000;

let stand: Stand;
beforeAll(async () => {
  stand = await startCluster();
});
afterAll(() => stand.stop());

test('a region whose slot moves to another master, and back, while fixes flow, loses nothing', async () => {
  const index = new FleetIndex(stand.client);
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
  const placed = await stand.placed();
  expect(placed.size).toBe(DRIVERS);
  for (const place of placed.values()) {
    expect(isMisplaced(place)).toBe(false);
    expect(place.records.map(({ t }) => t)).toEqual([START + (ROUNDS - 1) * 1_000]);
  }
  const found = await new FleetQuestions(stand.client).nearest(DRIVERS, HERE, { maxM: 5_000 });
  expect(found).toHaveLength(DRIVERS);
  expect(again, 'a slot that moves makes writes wait, not fail for good').toBeLessThan(ROUNDS);
}, 60_000);

/** Everybody drives away from the middle, so that cells are left and entered. */
const fixesOf = (round: number): DriverEvent[] =>
  Array.from({ length: DRIVERS }, (_, i) => ({
    driverId: `car-${i}`,
    receivedAt: Date.now(),
    fix: { t: START + round * 1_000, ...destination(HERE, (i * 360) / DRIVERS, 300 + round * 30) },
  }));

/** https://redis.io/commands/cluster-setslot: moves the slot of a region to the master after the one that has it. */
async function moveSlot(region: string): Promise<void> {
  const slot = Number(await stand.masters[0]!.call('CLUSTER', 'KEYSLOT', keys.drivers(region)));
  const owners = await Promise.all(stand.masters.map((master) => isOwner(master, slot)));
  const from = stand.masters[owners.indexOf(true)]!;
  const to = stand.masters[(owners.indexOf(true) + 1) % stand.masters.length]!;
  const [fromId, toId] = await Promise.all(
    [from, to].map(async (node) => String(await node.call('CLUSTER', 'MYID'))),
  );
  await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId!);
  await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId!);
  const migrate = (key: string) => from.call('MIGRATE', '127.0.0.1', to.options.port!, key, 0, 5_000);
  // The key that every write names goes first, and the others one by one: there is time to write to one half.
  await migrate(keys.drivers(region));
  for (let key = await anyKey(from, slot); key !== undefined; key = await anyKey(from, slot))
    await migrate(key);
  for (const master of [to, from, ...stand.masters])
    await master.call('CLUSTER', 'SETSLOT', slot, 'NODE', toId!);
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
