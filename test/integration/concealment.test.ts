import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DriverEvent, FleetIndex, RecentDrivers, shownCar } from '#store';
import { type StoreTestBed, startOne } from './store-test-bed.js';
import { handleAll, steppedProcessor } from './two-processors.js';

const T = 1_800_000_000_000;
const MINUTE_MS = 60_000;

let testBed: StoreTestBed;
beforeAll(async () => {
  testBed = await startOne();
});
afterAll(() => testBed.stop());

/** A car that drives north at 10 m/s; its trip is over after 60 s. */
function eventsOf(driverId: string, untilS: number): DriverEvent[][] {
  const batches: DriverEvent[][] = [];
  for (let s = 0; s <= untilS; s += 5) {
    const t = T + s * 1_000;
    const batch: DriverEvent[] = [
      { driverId, receivedAt: t, fix: { t, lat: 40 + (s * 10) / 111_195, lng: -74 } },
    ];
    if (s === 50 || s === 60)
      batch.push({
        driverId,
        receivedAt: t,
        change: s === 50 ? 'trip:begun' : 'trip:over',
        order: t * 1_000,
      });
    batches.push(batch);
  }
  return batches;
}

const isShown = async (driverId: string): Promise<boolean> =>
  shownCar((await new FleetIndex(testBed.client).load(driverId)).record!) !== null;

test('a car is shown, hidden by a trip, and shown again, as the record says that all gateways read', async () => {
  const shownAt = async (untilS: number) => {
    const driverId = `concealed-${untilS}`;
    const { handle } = steppedProcessor(new FleetIndex(testBed.client), (step) => step(), 1);
    for (const batch of eventsOf(driverId, untilS)) await handle(batch, false);
    return isShown(driverId);
  };
  expect(await shownAt(35)).toBe(false);
  expect(await shownAt(45)).toBe(true);
  expect(await shownAt(55)).toBe(false);
  expect(await shownAt(115)).toBe(false);
  expect(await shownAt(300)).toBe(true);
});

test('a car stays hidden after its trip whenever its processor is killed', async () => {
  // The trip is over in the thirteenth batch; each batch takes a step or two.
  for (let atStep = 10; atStep <= 30; atStep += 1)
    for (const beforeIt of [true, false]) {
      const driverId = `killed-${atStep}-${beforeIt}`;
      const index = () => new FleetIndex(testBed.client);
      const first = steppedProcessor(index(), (step) => step(), 1, { atStep, beforeIt });
      const heir = steppedProcessor(index(), (step) => step(), 2);
      await handleAll(first, heir, eventsOf(driverId, 115));
      expect(await isShown(driverId), driverId).toBe(false);
      const { record } = await index().load(driverId);
      expect(record!.concealment.until - (T + MINUTE_MS)).toBeGreaterThanOrEqual(MINUTE_MS);
      expect(record!.concealment.until - (T + MINUTE_MS)).toBeLessThanOrEqual(3 * MINUTE_MS);
    }
});

test('the drivers of a rider are kept for half an hour after their trips, the last twenty of them', async () => {
  const recent = new RecentDrivers(testBed.client);
  for (let i = 0; i < 25; i += 1) await recent.add('r', `d-${i}`, T + i);
  await recent.add('r', 'd-20', T);
  const kept = await recent.of('r', T + 30 * MINUTE_MS + 10);
  expect([...kept]).toEqual(Array.from({ length: 15 }, (_, i) => `d-${i + 10}`));
  expect((await recent.of('r', T)).size).toBe(20);
  expect((await recent.of('other', T)).size).toBe(0);
  const ttlMs = await testBed.client.pttl('recent-drivers:r');
  expect(ttlMs).toBeGreaterThan(29 * MINUTE_MS);
  expect(ttlMs).toBeLessThanOrEqual(30 * MINUTE_MS);
});
