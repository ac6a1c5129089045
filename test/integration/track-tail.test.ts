import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { destination, type Point } from '#geo';
import { indexCell, regionOf } from '#geo/cells';
import { HOUR_MS } from '#protocol';
import { AreaTracks, type DriverEvent, FleetIndex, type TrackFix, Tracks } from '#store';
import { geoJsonOf } from '../../apps/gateway/src/fleet/track-formats.js';
import { Sweeper } from '../../apps/processor/src/sweep/sweeper.js';
import { keys } from '../../libs/store/src/keys.js';
import { isMisplaced } from '../chaos/index-watch.js';
import { cornerOfRegions } from './places.js';
import { type PlainFix, PlainTracks } from './plain-tracks.js';
import { type StoreTestBed, startCluster, startOne } from './store-test-bed.js';
import { type Stepped, steppedProcessor } from './two-processors.js';

/** A minute, so that a car can drive between any two of the places in one step. */
const STEP_MS = 60_000;
const HOURS = 3;
const START = (Math.floor(Date.now() / HOUR_MS) - HOURS - 1) * HOUR_MS;
const SPAN = { from: START, to: START + HOURS * HOUR_MS };
const DRIVERS = ['a', 'b'];
const SILENT_MS = 30_000;
const [HERE, NEAR, BEYOND] = placesAtABorder();
const PLACES = [HERE, NEAR, BEYOND];
const AREA = { cells: PLACES.map(indexCell), contains: () => true };

describe.each([
  ['one Redis', startOne, 150],
  ['a Redis Cluster of three masters', startCluster, 20],
] as const)('on %s', (_, start, numRuns) => {
  let testBed: StoreTestBed;
  beforeAll(async () => {
    testBed = await start();
  });
  afterAll(() => testBed.stop());
  beforeEach(() => empty());

  const empty = () => Promise.all(testBed.masters.map((master) => master.flushall()));
  const processorOn = (index: FleetIndex, tag = 1) => steppedProcessor(index, (step) => step(), tag);

  test('every reader of tracks agrees with plain lists, wherever a processor is killed', async () => {
    const fix = fc.record({
      driverId: fc.constantFrom(...DRIVERS),
      place: fc.nat(PLACES.length - 1),
      step: fc.nat((HOURS * HOUR_MS) / STEP_MS - 1),
      // Number of steps that it is on its way.
      delay: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(90)),
    });
    const fixes = fc.uniqueArray(fix, {
      selector: ({ driverId, step }) => `${driverId} ${step}`,
      minLength: 40,
      maxLength: 120,
    });
    const between = fc.constantFrom('nothing', 'nothing', 'silence', 'forget' as const);
    const kill = fc.record({ atStep: fc.integer({ min: 1, max: 40 }), beforeIt: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fixes,
        fc.array(fc.record({ size: fc.integer({ min: 5, max: 25 }), between }), {
          minLength: 4,
          maxLength: 12,
        }),
        kill,
        fc.constantFrom(9, 20, 20_000),
        async (requested, batches, kill, maxTrackPerHour) => {
          await empty();
          const index = new FleetIndex(testBed.client, { maxTrackPerHour });
          const tracks = new Tracks(testBed.client, 24, maxTrackPerHour);
          const plain = new PlainTracks(maxTrackPerHour);
          const work = new Heirs(index, kill);
          const arriving = requested
            .toSorted((x, y) => x.step + x.delay - (y.step + y.delay))
            .map(({ driverId, place, step }) => ({ driverId, t: START + step * STEP_MS, ...PLACES[place]! }));
          for (const { size, between } of batches) {
            const batch = arriving.splice(0, size);
            if (batch.length === 0) break;
            await work.handle(batch);
            plain.handle(batch);
            if (between === 'silence') await work.sweep(SILENT_MS);
            // Present drivers fall silent first; their records are forgotten a day later.
            if (between === 'forget') {
              for (const hours of [26, 52]) await work.sweep(hours * HOUR_MS);
              plain.forget();
            }
            for (const driverId of DRIVERS) await expectSame(index, tracks, plain, driverId);
          }
        },
      ),
      { numRuns },
    );
  });

  async function expectSame(index: FleetIndex, tracks: Tracks, plain: PlainTracks, driverId: string) {
    const expected = plain.track(driverId);
    const read = await tracks.read(driverId, SPAN);
    const fixes = read?.fixes ?? [];
    expect(fixes.map(essentials)).toEqual(expected.map(essentials));
    expect(await index.keptTimes(driverId, SPAN)).toEqual(new Set(expected.map(({ t }) => t)));
    for (let hour = 1; hour <= HOURS; hour += 1) {
      const now = START + hour * HOUR_MS - 1;
      const latest = await tracks.latest(driverId, 10, now);
      expect(latest.map(essentials)).toEqual(plain.latest(driverId, 10, now).map(essentials));
    }
    if (read === null) return;
    // Summaries and histories: the same from the store as from the fixes in one piece.
    const pages = (await tracks.open(driverId, SPAN))!;
    expect(await summaryOf(pages)).toEqual(await summaryOf(inOnePiece(fixes)));
    const whole = { read: async () => ({ fixes, truncated: false }) } as unknown as Tracks;
    expect(await historyOf(tracks, driverId)).toEqual(await historyOf(whole, driverId));
  }

  async function historyOf(tracks: Tracks, driverId: string) {
    const found = [];
    for await (const vehicles of new AreaTracks(testBed.client, tracks).read(AREA, HERE, SPAN))
      found.push(...vehicles.filter((vehicle) => vehicle.driverId === driverId));
    return found;
  }

  test('a track that grows while it is read has each earlier fix', async () => {
    const { client } = testBed;
    const processor = processorOn(new FleetIndex(client));
    const drive = (from: number, to: number) => processor.handle(stepsOf(from, to).map(toEvent), false);
    /** Reads while the tail leaves the record for the list, right after the first of the two was read. */
    const whileGrowing = async <T>(read: (tracks: Tracks) => Promise<T>, grow: () => Promise<void>) => {
      const [hget, lrange] = [client.hgetBuffer.bind(client), client.lrangeBuffer.bind(client)];
      let growing: Promise<void> | null = null;
      const growOnce = async <R>(reply: R): Promise<R> => {
        growing ??= grow();
        await growing;
        return reply;
      };
      const readRecord = async (key: string, field: string) =>
        growing === null && key.includes(':drivers') ? growOnce(await hget(key, field)) : hget(key, field);
      const readList = async (key: string, from: number, to: number) =>
        growing === null ? growOnce(await lrange(key, from, to)) : lrange(key, from, to);
      Object.assign(client, { hgetBuffer: readRecord, lrangeBuffer: readList });
      try {
        return await read(new Tracks(client, 24));
      } finally {
        Object.assign(client, { hgetBuffer: hget, lrangeBuffer: lrange });
      }
    };
    const stepsIn = (fixes: TrackFix[]) => fixes.map(({ t }) => (t - START) / STEP_MS);
    await drive(0, 6);
    const read = await whileGrowing(
      (tracks) => tracks.read('a', SPAN),
      () => drive(6, 8),
    );
    expect(stepsIn(read!.fixes)).toEqual(expect.arrayContaining([0, 1, 2, 3, 4, 5]));
    await drive(8, 12);
    const last = START + HOUR_MS - 1;
    const latest = await whileGrowing(
      (tracks) => tracks.latest('a', 10, last),
      () => drive(12, 16),
    );
    expect(stepsIn(latest)).toEqual(expect.arrayContaining([6, 7, 8, 9, 10, 11]));
    expect(latest).toHaveLength(10);
  });

  test('the tail of a record that the processor has not read is carried over', async () => {
    const index = new FleetIndex(testBed.client);
    const { client } = testBed;
    const region = regionOf(indexCell(HERE));
    await processorOn(index).handle(stepsOf(0, 3).map(toEvent), false);
    const old = (await client.hgetBuffer(keys.drivers(region), 'a'))!;
    const { cell, lat, lng } = (await index.load('a')).record!;
    await processorOn(index).handle([toEvent({ driverId: 'a', t: START + 3 * STEP_MS, ...BEYOND })], false);
    // Killed on the way back, once it has claimed the region.
    const back = toEvent({ driverId: 'a', t: START + 4 * STEP_MS, ...HERE });
    const killed = steppedProcessor(index, (step) => step(), 2, { atStep: 5, beforeIt: false });
    await Promise.race([killed.handle([back], false), killed.killed]);
    expect(await client.hget(keys.driverPointer('a'), 'region')).toBe(region);
    // As after a failover that lost the last seconds there.
    await client.hset(keys.drivers(region), 'a', old);
    await client.geoadd(keys.cell(cell, 'available'), lng, lat, 'a');
    await client.del(keys.track(region, 'a', START / HOUR_MS));

    await processorOn(index, 3).handle([back], true);
    const read = await new Tracks(client, 24).read('a', SPAN);
    expect(read!.fixes.map(({ t }) => (t - START) / STEP_MS)).toEqual([0, 1, 2, 3, 4]);
    expect(isMisplaced((await testBed.placed()).get('a')!)).toBe(false);
  });
});

/** A processor that is killed at some step, and the one that continues its work. */
class Heirs {
  #reader: Stepped;
  readonly #heir: Stepped;

  constructor(
    private readonly index: FleetIndex,
    kill: { atStep: number; beforeIt: boolean },
  ) {
    this.#reader = steppedProcessor(index, (step) => step(), 1, kill);
    this.#heir = steppedProcessor(index, (step) => step(), 2);
  }

  handle(batch: PlainFix[]): Promise<void> {
    const events = batch.map(toEvent);
    return this.#run(({ handle }, again) => handle(events, again));
  }

  /** Sweeps all regions as if so much time had passed. */
  sweep(laterMs: number): Promise<void> {
    const now = Date.now() + laterMs + 1_000;
    return this.#run(async ({ processor }) => {
      const sweeper = new Sweeper(this.index, processor, SILENT_MS);
      for (const region of await this.index.regions()) await sweeper.sweep(region, now);
    });
  }

  async #run(work: (stepped: Stepped, again: boolean) => Promise<void>): Promise<void> {
    const end = await Promise.race([work(this.#reader, false), this.#reader.killed]);
    if (end !== 'killed') return;
    this.#reader = this.#heir;
    await work(this.#heir, true);
  }
}

/** Fixes of driver `a`, a minute apart, at one place. */
const stepsOf = (from: number, to: number): PlainFix[] =>
  Array.from({ length: to - from }, (_, i) => ({ driverId: 'a', t: START + (from + i) * STEP_MS, ...HERE }));

const toEvent = ({ driverId, t, lat, lng }: PlainFix): DriverEvent => ({
  driverId,
  receivedAt: Date.now(),
  fix: { t, lat, lng },
});

/** Time, place to the centimetre, and whether it was late. */
const essentials = ({ t, lat, lng, late }: Pick<TrackFix, 't' | 'lat' | 'lng' | 'late'>) =>
  [(t - START) / STEP_MS, Math.round(lat * 1e7), Math.round(lng * 1e7), late].join();

async function* inOnePiece(fixes: TrackFix[]): AsyncGenerator<TrackFix[]> {
  yield fixes;
}

async function summaryOf(pages: AsyncGenerator<TrackFix[]>) {
  const texts = geoJsonOf('a', SPAN, pages, 100_000);
  let text = '';
  for (;;) {
    const next = await texts.next();
    if (next.done) return { text, ...next.value };
    text += next.value;
  }
}

/** Two places in neighbouring cells of one region, and one in the next region, a short drive apart. */
function placesAtABorder(): [Point, Point, Point] {
  const corner = cornerOfRegions({ lat: 40.75, lng: -73.99 });
  const around = Array.from({ length: 36 }, (_, i) => destination(corner, i * 10, 1_500));
  const here = around[0]!;
  const isHere = (place: Point) => regionOf(indexCell(place)) === regionOf(indexCell(here));
  const near = around.find((place) => isHere(place) && indexCell(place) !== indexCell(here)) ?? here;
  return [here, near, around.find((place) => !isHere(place))!];
}
