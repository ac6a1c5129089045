import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { regionAt } from '#geo/cells';
import type { Zone, ZoneCrossing } from '#protocol';
import { clock, type DriverEvent, Feeds, type ZoneIndexes } from '#store';
import { decideMembership, type Membership, NOWHERE, ZoneIndex } from '#zones';
import { ringAround, seeded, zoneOf } from '../fixtures/zones.js';
import { type StoreTestBed, startOne } from './store-test-bed.js';
import { processorOn } from './zone-processor.js';

const TRACES = '../shared/traces/';
const FIXES = 12_000;
const BATCH = 60;
const ZONES = 40;
/** Steps on Redis in the life of a processor, at most. */
const LIFE = 120;

type Recorded = { id: string; t: number; lat: number; lng: number };

function recording(name: string): Recorded[] {
  const lines = readFileSync(`${TRACES}${name}.ndjson`, 'utf8').trim().split('\n');
  return lines.slice(0, FIXES).map((line) => JSON.parse(line) as Recorded);
}

describe.skipIf(!existsSync(TRACES))('recordings that processors handle while they are killed', () => {
  let testBed: StoreTestBed;
  beforeAll(async () => {
    testBed = await startOne();
  });
  afterAll(() => testBed.stop());

  test.each(['nyc-trips', 'beijing-gps'])(
    '%s: every crossing exactly once',
    { timeout: 600_000 },
    async (name) => {
      const { client } = testBed;
      await client.flushall();
      const recorded = recording(name);
      const random = seeded(11);
      const zones = Array.from({ length: ZONES }, (_, i) => {
        const at = recorded[Math.floor(random() * recorded.length)]!;
        const ring = ringAround(at, [150, 500, 2_000][i % 3]!, 30, random);
        // Recordings contain cars that are far away from the others.
        return { region: regionAt(at), zone: zoneOf('surge', [[ring]], { id: `z-${i}` }) };
      });
      const index = ZoneIndex.of<Zone>(zones);
      const indexes = { at: () => index, isCompleteAt: () => true } as unknown as ZoneIndexes;
      const start = clock.now() - 24 * 3_600_000;
      const events = recorded.map(({ id: driverId, t, lat, lng }): DriverEvent => {
        const fix = { t: start + t, lat, lng, accuracyM: 8, speedMps: null, heading: null };
        return { driverId, receivedAt: fix.t, fix } as DriverEvent;
      });

      let kills = 0;
      let isSafe = false;
      let tag = 1;
      const born = () =>
        processorOn(testBed, indexes, tag++, {
          steps: 1 + Math.floor(LIFE * random()),
          beforeIt: random() < 0.5,
        });
      let reader = born();
      const feeds = new Feeds(client, 1);
      const last = new Map([...index.regions].map((region) => [region, '0-0']));
      const found: string[] = [];
      for (let from = 0; from < events.length; from += BATCH) {
        const batch = events.slice(from, from + BATCH);
        // Whoever takes over gets the batch again.
        for (
          let isAgain = false;
          (await Promise.race([reader.handle(batch, isAgain), reader.killed])) === 'killed';
          isAgain = true
        ) {
          kills += 1;
          // One in ten lives until the batch is finished, so that each batch is finished some day.
          isSafe = kills % 10 === 0;
          reader = isSafe ? processorOn(testBed, indexes, tag++) : born();
        }
        if (isSafe) reader = born();
        isSafe = false;
        for (const [region, seen] of last) {
          const part = await feeds.since(`crossings:${region}`, seen, clock.now());
          expect(part.complete).toBe(true);
          last.set(region, part.last);
          for (const { event, payload } of part.entries) {
            const { driverId, zoneId, at } = payload as ZoneCrossing;
            found.push(`${driverId} ${event} ${zoneId} ${at}`);
          }
        }
      }
      expect(kills).toBeGreaterThan(50);

      expect(found.sort()).toEqual((await expected(testBed, index, events)).sort());
      expect(found.length).toBeGreaterThan(100);
    },
  );
});

/** Crossings by the pure decision on the fixes that one processor accepts which is never killed. */
async function expected(testBed: StoreTestBed, index: ZoneIndex, events: DriverEvent[]): Promise<string[]> {
  await testBed.client.flushall();
  const memberships = new Map<string, Map<string, Membership>>();
  const crossed: string[] = [];
  const { handle } = processorOn(
    testBed,
    { at: () => ZoneIndex.EMPTY, isCompleteAt: () => true } as unknown as ZoneIndexes,
    0,
    undefined,
    {
      onMoved: ({ driverId, track }) => {
        for (const fix of track.filter(({ late }) => late !== true).sort((a, b) => a.t - b.t)) {
          const candidates = index.candidates(fix.lat, fix.lng);
          const before = memberships.get(driverId) ?? new Map<string, Membership>();
          memberships.set(driverId, before);
          for (const region of index.regions) {
            const here = { candidates, zoneOf: (id: string) => index.find(region, id) };
            const stays = before.get(region) ?? NOWHERE;
            const { after, crossings } = decideMembership(region, stays, fix, here, 'available');
            before.set(region, after);
            for (const { kind, zoneId, t } of crossings)
              crossed.push(`${driverId} zone:${kind} ${zoneId} ${t}`);
          }
        }
      },
    },
  );
  for (let from = 0; from < events.length; from += BATCH)
    await handle(events.slice(from, from + BATCH), false);
  return crossed;
}
