import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { regionAt } from '#geo/cells';
import { clock, ZoneQueues } from '#store';
import { type Queue, type QueueEvent, queueAfter } from '#zones';
import { keys } from '../../libs/store/src/keys.js';
import { type StoreTestBed, startCluster, startOne } from './store-test-bed.js';

const REGION = regionAt({ lat: 40.75, lng: -73.98 });
const RULES = { keepPlaceS: 300, shortTripPriority: true, shortTripMaxS: 900 };

const event = fc.record({
  kind: fc.constantFrom('here', 'away', 'passed', 'accepted', 'returned', 'finished'),
  driverId: fc.constantFrom('a', 'b', 'c', 'd'),
  isShort: fc.boolean(),
});

/** Returns the events in every order. */
function ordersOf<T>(events: readonly T[]): T[][] {
  if (events.length < 2) return [[...events]];
  return events.flatMap((first, i) => ordersOf(events.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

/** Content of a queue but for the moments until which places are kept, which depend on when an event was applied. */
const contentOf = ({ places, departures }: Queue) => ({
  places: places
    .map(({ keptUntil, ...place }) => ({ ...place, isKept: keptUntil !== null }))
    .sort((a, b) => (a.driverId < b.driverId ? -1 : 1)),
  departures: departures.map(({ tripId }) => tripId).sort(),
});

describe.each([
  ['one Redis', startOne, 60],
  ['a Redis Cluster of three masters', startCluster, 10],
] as const)('on %s', (_, start, numRuns) => {
  let testBed: StoreTestBed;
  beforeAll(async () => {
    testBed = await start();
  });
  afterAll(() => testBed.stop());
  const empty = () => Promise.all(testBed.masters.map((master) => master.flushall()));
  beforeEach(empty);

  test('drivers who come at once are all in the queue after a few writes', async () => {
    const queues = new ZoneQueues(testBed.client);
    const at = clock.now();
    const driverIds = Array.from({ length: 500 }, (_, i) => `zc-${1_000 + i}`);
    const after = await Promise.all(
      driverIds.map((driverId, i) =>
        queues.apply(REGION, 'q', [{ kind: 'here', driverId, at: at + i / 1_000, version: 1 }], RULES),
      ),
    );
    expect(after.map(({ places }) => places.length)).toEqual(driverIds.map((_, i) => i + 1));
    expect((await queues.read(REGION, 'q')).places).toHaveLength(500);
    const version = await testBed.client.hget(keys.zoneQueue(REGION, 'q'), 'version');
    expect(Number(version)).toBeLessThanOrEqual(3);
  });

  test('events that several processes apply at once, some of them twice, leave the queue of the model after one of their orders', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(event, { minLength: 1, maxLength: 4 }), { maxLength: 10 }),
        fc.boolean(),
        async (rounds, isRepeated) => {
          await empty();
          const processes = [1, 2, 3].map(() => new ZoneQueues(testBed.client));
          let n = 0;
          for (const round of rounds) {
            const before = await processes[0]!.read(REGION, 'q');
            const events = round.map(({ kind, driverId, isShort }) => {
              n += 1;
              const at = clock.now() - 100_000 + n;
              const tripId = `t-${Math.ceil(n / 8)}`;
              return { kind, driverId, at, version: n, tripId, isShort } as unknown as QueueEvent;
            });
            await Promise.all(events.map((each, i) => processes[i % 3]!.apply(REGION, 'q', [each], RULES)));
            // As after a gateway that was killed before it knew that its write had arrived.
            if (isRepeated) await processes[1]!.apply(REGION, 'q', [events.at(-1)!], RULES);
            const stored = contentOf(await processes[0]!.read(REGION, 'q'));
            const possible = ordersOf(events).map((order) =>
              contentOf(
                queueAfter(before, isRepeated ? [...order, events.at(-1)!] : order, RULES, clock.now()),
              ),
            );
            expect(possible).toContainEqual(stored);
          }
        },
      ),
      { numRuns },
    );
  });
});
