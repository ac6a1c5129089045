import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { destination } from '#geo';
import { regionAt } from '#geo/cells';
import type { Zone, ZoneCrossing } from '#protocol';
import {
  clock,
  type DriverEvent,
  Feeds,
  FleetIndex,
  PublishedZones,
  ZoneIndexes,
  ZoneMembers,
  ZoneQueues,
  ZoneVersions,
} from '#store';
import { decideMembership, decodeMembership, type Membership, NOWHERE, waitingIn, ZoneIndex } from '#zones';
import type { Outcome } from '../../apps/processor/src/pipeline/fold.js';
import { keys } from '../../libs/store/src/keys.js';
import { ringAround, zoneOf } from '../fixtures/zones.js';
import { type StoreTestBed, startCluster, startOne } from './store-test-bed.js';
import { processorOn } from './zone-processor.js';

const CENTRE = { lat: 40.75, lng: -73.98 };
const REGION = regionAt(CENTRE);
const circle = (radiusM: number) => [[ringAround(CENTRE, radiusM, 40)]];
const ZONES: Zone[] = [
  zoneOf('alert', circle(600), { rules: { on: ['enter', 'exit', 'dwell'], dwellMinutes: 1 } }),
  zoneOf('queue', circle(300)),
  zoneOf('no_go', circle(150)),
];
/** Every step is plausible: at most 700 m in it. */
const STEP_MS = 11_000;
const DRIVERS = ['zc-a', 'zc-b'];
const east = (metres: number) => destination(CENTRE, 90, metres);

/** Published zones as the processors read them; `publish` puts others into force at once. */
function publishing(zones: Zone[]) {
  let index = ZoneIndex.of<Zone>(zones.map((zone) => ({ region: REGION, zone })));
  const indexes = { at: () => index, isCompleteAt: () => true } as unknown as ZoneIndexes;
  const publish = (next: Zone[]) => {
    index = ZoneIndex.of<Zone>(next.map((zone) => ({ region: REGION, zone })));
  };
  return { indexes, publish };
}

type Step = { driver: number; metres: number };

const steps = fc.array(
  fc.array(
    fc.record({ driver: fc.nat(1), metres: fc.constantFrom(0, 100, 152, 158, 200, 290, 320, 590, 612, 700) }),
    {
      minLength: 1,
      maxLength: 5,
    },
  ),
  { minLength: 2, maxLength: 12 },
);

function eventsOf(batches: Step[][]): DriverEvent[][] {
  const start = clock.now() - 3_600_000;
  let n = 0;
  return batches.map((batch) =>
    batch.map(({ driver, metres }) => {
      n += 1;
      const fix = { t: start + n * STEP_MS, ...east(metres), accuracyM: 5, speedMps: 5, heading: 90 };
      return { driverId: DRIVERS[driver]!, receivedAt: fix.t, fix };
    }),
  );
}

type Entries = { crossings: string[]; alerts: string[] };

/** Crossings of each driver, and the alerts about them, by the pure decision on its fixes, one after the other. */
function expected(batches: DriverEvent[][]): Entries {
  const index = ZoneIndex.of<Zone>(ZONES.map((zone) => ({ region: REGION, zone })));
  const entries: Entries = { crossings: [], alerts: [] };
  for (const driverId of DRIVERS) {
    let membership: Membership = NOWHERE;
    for (const event of batches.flat()) {
      if (event.driverId !== driverId || !('fix' in event)) continue;
      const fix = { ...event.fix, accuracyM: event.fix.accuracyM ?? null };
      const here = {
        candidates: index.candidates(fix.lat, fix.lng),
        zoneOf: (id: string) => index.find(REGION, id),
      };
      const { after, crossings } = decideMembership(REGION, membership, fix, here, 'available');
      membership = after;
      for (const { kind, zoneId, t, isAlert } of crossings) {
        entries.crossings.push(`${driverId} zone:${kind} ${zoneId} ${t}`);
        if (isAlert) entries.alerts.push(`${driverId} alert ${zoneId} ${t}`);
      }
    }
  }
  return entries;
}

describe.each([
  ['one Redis', startOne, 120],
  ['a Redis Cluster of three masters', startCluster, 15],
] as const)('on %s', (_, start, numRuns) => {
  let testBed: StoreTestBed;
  beforeAll(async () => {
    testBed = await start();
  });
  afterAll(() => testBed.stop());

  const empty = () => Promise.all(testBed.masters.map((master) => master.flushall()));

  async function entriesOf(feed: 'region' | 'crossings'): Promise<string[]> {
    const { entries } = await new Feeds(testBed.client, 1).since(`${feed}:${REGION}`, '0-0', clock.now());
    const texts = entries.map(({ event, payload }) => {
      const { driverId, zoneId, zone, at } = payload as ZoneCrossing & { zone?: { id: string } };
      return { driverId, text: `${driverId} ${event} ${zoneId ?? zone?.id} ${at}` };
    });
    return DRIVERS.flatMap((id) => texts.filter(({ driverId }) => driverId === id).map(({ text }) => text));
  }

  const feeds = async (): Promise<Entries> => ({
    crossings: await entriesOf('crossings'),
    alerts: await entriesOf('region'),
  });

  async function queued(): Promise<string[]> {
    return waitingIn(await new ZoneQueues(testBed.client).read(REGION, 'queue-1')).map(
      ({ driverId }) => driverId,
    );
  }

  test('each crossing and alert is in its feed once, wherever a processor is killed', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 60 }), fc.boolean(), async (walk, at, beforeIt) => {
        await empty();
        const { indexes } = publishing(ZONES);
        const batches = eventsOf(walk);
        let reader = processorOn(testBed, indexes, 1, { steps: at, beforeIt });
        const heir = processorOn(testBed, indexes, 2);
        for (const batch of batches) {
          const end = await Promise.race([reader.handle(batch, false), reader.killed]);
          if (end !== 'killed') continue;
          reader = heir;
          await heir.handle(batch, true);
        }
        expect(await feeds()).toEqual(expected(batches));
      }),
      { numRuns },
    );
  });

  test('each crossing and alert is in its feed once while two processors handle the same fixes', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (walk) => {
        await empty();
        const { indexes } = publishing(ZONES);
        const batches = eventsOf(walk);
        const both = [1, 2].map((tag) => processorOn(testBed, indexes, tag));
        for (const [i, batch] of batches.entries()) {
          await both[i % 2]!.handle(batch, false);
          if (i % 3 === 0) await Promise.all(both.map((each) => each.handle(batch, true)));
        }
        expect(await feeds()).toEqual(expected(batches));
      }),
      { numRuns: Math.ceil(numRuns / 3) },
    );
  });

  test('a vehicle enters a zone that is published over it, and leaves one that is gone, once', async () => {
    await empty();
    const { indexes, publish } = publishing([]);
    const { handle, tracker } = processorOn(testBed, indexes, 1);
    publish([ZONES[0]!]);
    const events = eventsOf([[{ driver: 0, metres: 700 }], [{ driver: 0, metres: 500 }]]);
    for (const batch of events) await handle(batch, false);
    publish([ZONES[1]!, zoneOf('surge', circle(900))]);
    await Promise.all([tracker.revise(), tracker.revise()]);
    await tracker.revise();
    const { crossings, alerts } = await feeds();
    const kinds = [...crossings, ...alerts].map((text) => text.split(' ').slice(1, 3).join(' '));
    expect(kinds).toEqual([
      'zone:entered alert-1',
      'zone:left alert-1',
      'zone:entered surge-1',
      'alert alert-1',
    ]);
  });

  test('available drivers inside are in the queue, those who are busy or silent are not', async () => {
    await empty();
    const { indexes } = publishing(ZONES);
    const { processor, handle } = processorOn(testBed, indexes, 1);
    const [a, b, again] = eventsOf([
      [{ driver: 0, metres: 0 }],
      [{ driver: 1, metres: 0 }],
      [{ driver: 0, metres: 0 }],
    ]) as [DriverEvent[], DriverEvent[], DriverEvent[]];
    await handle([...a, ...b], false);
    expect(await queued()).toEqual(DRIVERS);
    const change = (status: 'busy' | 'available', order: number): DriverEvent => ({
      driverId: DRIVERS[0]!,
      receivedAt: clock.now(),
      change: status,
      order,
    });
    await handle([change('busy', 1)], false);
    expect(await queued()).toEqual([DRIVERS[1]]);
    await handle([change('available', 2), ...again], false);
    expect(await queued()).toEqual(DRIVERS);
    const record = (await new FleetIndex(testBed.client).load(DRIVERS[0]!)).record!;
    await processor.silence([record]);
    expect(await queued()).toEqual([DRIVERS[1]]);
  });

  test('a driver who fell silent is not in the queue, even if the processor is killed before it left the index', async () => {
    await empty();
    const { indexes } = publishing(ZONES);
    const { handle } = processorOn(testBed, indexes, 1);
    const [events] = eventsOf([[{ driver: 0, metres: 0 }]]) as [DriverEvent[]];
    await handle(events, false);
    const record = (await new FleetIndex(testBed.client).load(DRIVERS[0]!)).record!;
    // Killed after two steps: it has read the membership and changed the queue.
    const { processor, killed } = processorOn(testBed, indexes, 2, { steps: 2, beforeIt: false });
    await Promise.race([processor.silence([record]), killed]);
    expect(await queued()).toEqual([]);
  });

  test('an unreadable membership or queue begins again', async () => {
    await empty();
    const { client } = testBed;
    await client.set(keys.zoneMember(REGION, DRIVERS[0]!), 'no JSON');
    await client.hset(keys.zoneQueue(REGION, 'queue-1'), { version: '3', state: 'no JSON' });
    const { indexes } = publishing(ZONES);
    const { handle } = processorOn(testBed, indexes, 1);
    const batches = eventsOf([[{ driver: 0, metres: 0 }]]);
    for (const batch of batches) await handle(batch, false);
    expect(await feeds()).toEqual(expected(batches));
    expect(await queued()).toEqual([DRIVERS[0]]);
  });

  test('a busy zone never removes incidents and alerts from the feed of the region', async () => {
    await empty();
    const feeds = new Feeds(testBed.client, 1);
    const members = new ZoneMembers(testBed.client, 1);
    const alert = { event: 'alert', payload: { n: 1 } };
    const ids = await members.write(REGION, DRIVERS[0]!, null, 'm', [alert]);
    const crossings = Array.from({ length: 600 }, (_, n) => ({ event: 'zone:entered', payload: { n } }));
    await members.write(REGION, DRIVERS[0]!, 'm', 'n', crossings);
    const { entries, complete } = await feeds.since(`region:${REGION}`, '0-0', clock.now());
    expect([complete, entries]).toMatchObject([true, [{ ...alert, id: ids![0] }]]);
    const crossed = await feeds.since(`crossings:${REGION}`, null, clock.now());
    expect(crossed.last).toMatch(/-599$/);
  });

  test('zones of a driver that cannot be decided because of data do not keep its fixes from being published', async () => {
    await empty();
    const { client } = testBed;
    await client.hset(keys.zoneMember(REGION, DRIVERS[0]!), 'broken', '1');
    const { indexes } = publishing(ZONES);
    const undecided: string[] = [];
    const moved: string[] = [];
    const observers = {
      onUndecided: (driverId: string, { message }: Error) => undecided.push(`${driverId} ${message}`),
      onMoved: ({ driverId }: Outcome) => moved.push(driverId),
    };
    const { handle } = processorOn(testBed, indexes, 1, undefined, observers);
    const batches = eventsOf([
      [
        { driver: 0, metres: 0 },
        { driver: 1, metres: 0 },
      ],
    ]);
    await handle(batches[0]!, false);
    expect(undecided).toEqual([expect.stringMatching(`^${DRIVERS[0]} WRONGTYPE`)]);
    expect(moved).toEqual(DRIVERS);
    for (const driverId of DRIVERS)
      expect((await new FleetIndex(client).load(driverId)).record).toMatchObject({ present: true });
    const { crossings } = expected(batches);
    expect((await feeds()).crossings).toEqual(crossings.filter((text) => text.startsWith(DRIVERS[1]!)));
    // Once the data is repaired, its zones are decided again, with the fixes that are delivered again.
    await client.del(keys.zoneMember(REGION, DRIVERS[0]!));
    await handle(batches[0]!, true);
    expect((await feeds()).crossings).toEqual(crossings);
  });

  test('two processors that see a publication at the same time never decide a fix by a mixture', async () => {
    await empty();
    const { client } = testBed;
    const versions = new ZoneVersions(client);
    const set = (name: string) =>
      ['a', 'b', 'c'].map((id) => zoneOf('surge', circle(400), { id: `${name}-${id}` }));
    const publish = (name: string, expected: number) =>
      versions.publish(
        { region: REGION, by: 'u', comment: name, restores: null, zones: set(name) },
        expected,
      );
    const started = await Promise.all(
      [1, 2].map(async (tag) => {
        const zones = new PublishedZones(client);
        await zones.start();
        const indexes = new ZoneIndexes(zones);
        await indexes.start();
        return { zones, indexes, ...processorOn(testBed, indexes, tag) };
      }),
    );
    onTestFinished(() => {
      for (const { zones, indexes } of started) {
        indexes.stop();
        zones.stop();
      }
    });
    const idsAt = ({ indexes }: (typeof started)[number], at?: number) =>
      indexes.at(at).zones.map(({ zone }) => zone.id);
    await publish('old', 0);
    for (const each of started)
      await vi.waitFor(() => expect(idsAt(each)).toHaveLength(3), { timeout: 5_000 });
    const { effectiveAt } = (await publish('new', 1))!;
    const seen = new Set<string>();
    for (let n = 0; clock.now() < effectiveAt + 500 || n < 20; n += 1) {
      const receivedAt = clock.now();
      const driverIds = [`mix-${n}-a`, `mix-${n}-b`];
      const at = { lat: CENTRE.lat, lng: CENTRE.lng, accuracyM: 5, speedMps: 0, heading: 0 };
      await Promise.all(
        started.map(({ handle }, i) =>
          handle([{ driverId: driverIds[i]!, receivedAt, fix: { t: receivedAt, ...at } }], false),
        ),
      );
      const version = receivedAt >= effectiveAt ? 'new' : 'old';
      for (const driverId of driverIds) {
        const stored = await client.get(keys.zoneMember(REGION, driverId));
        const { stays } = decodeMembership(stored!);
        expect(stays.map(({ zoneId }) => zoneId).sort(), version).toEqual(set(version).map(({ id }) => id));
      }
      seen.add(version);
    }
    expect([...seen]).toEqual(['old', 'new']);
  });

  test('a processor that missed a publication while it stood still decides no fix by the version before', async () => {
    await empty();
    const { client } = testBed;
    const versions = new ZoneVersions(client);
    const publish = (id: string, expected: number) =>
      versions.publish(
        {
          region: REGION,
          by: 'u',
          comment: id,
          restores: null,
          zones: [zoneOf('surge', circle(400), { id })],
        },
        expected,
      );
    await publish('first', 0);
    const zones = new PublishedZones(client);
    await zones.start();
    const indexes = new ZoneIndexes(zones);
    await indexes.start();
    // It looks for new versions no more, as if it stood still.
    zones.stop();
    indexes.stop();
    const { handle } = processorOn(testBed, indexes, 1);
    const { effectiveAt } = (await publish('second', 1))!;
    await vi.waitFor(() => expect(clock.now()).toBeGreaterThan(effectiveAt), { timeout: 5_000 });
    const receivedAt = clock.now();
    const at = { lat: CENTRE.lat, lng: CENTRE.lng, accuracyM: 5, speedMps: 0, heading: 0 };
    const fixesOf = (driverId: string) => [{ driverId, receivedAt, fix: { t: receivedAt, ...at } }];
    await Promise.all(['late-1', 'late-2'].map((driverId) => handle(fixesOf(driverId), false)));
    for (const driverId of ['late-1', 'late-2']) {
      const { stays } = decodeMembership((await client.get(keys.zoneMember(REGION, driverId)))!);
      expect(stays.map(({ zoneId }) => zoneId)).toEqual(['second']);
    }
  });

  test('a driver who goes hundreds of kilometres enters zones there', async () => {
    await empty();
    const far = east(900_000);
    const zones = [
      { region: REGION, zone: ZONES[0]! },
      { region: regionAt(far), zone: zoneOf('surge', [[ringAround(far, 600, 40)]]) },
    ];
    const index = ZoneIndex.of<Zone>(zones);
    const { handle } = processorOn(
      testBed,
      { at: () => index, isCompleteAt: () => true } as unknown as ZoneIndexes,
      1,
    );
    const start = clock.now() - 20 * 3_600_000;
    const way = [0, 300_000, 600_000, 900_000, 900_000];
    for (const [i, metres] of way.entries()) {
      const fix = { t: start + i * 4 * 3_600_000, ...east(metres), accuracyM: 5, speedMps: 5, heading: 90 };
      await handle([{ driverId: DRIVERS[0]!, receivedAt: fix.t, fix }], false);
    }
    const { entries } = await new Feeds(testBed.client, 1).since(
      `crossings:${regionAt(far)}`,
      '0-0',
      clock.now(),
    );
    expect(entries.map(({ event }) => event)).toEqual(['zone:entered']);
  });
});
