import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RedisClient, Trips } from '#store';
import { begin, makeOffer, type TripRecord, withdraw } from '#trips';
import { type StoreTestBed, startOne } from './store-test-bed.js';

const PLACE = { lat: 40.75, lng: -73.99 };
const RIDER = 'held-rider';
const DRIVER = 'held-driver';

let testBed: StoreTestBed;
let redis: RedisClient;
let trips: Trips;
beforeAll(async () => {
  testBed = await startOne();
  redis = testBed.client;
  trips = new Trips(redis);
});
afterAll(() => testBed.stop());

const offered = (trip: TripRecord): TripRecord =>
  makeOffer(
    trip,
    { driverId: DRIVER, expiresAt: Date.now() + 10_000, distanceM: 0, durationS: 0, by: 'straight_line' },
    Date.now(),
  );
const held = () => redis.mget(`open-trip:${DRIVER}`, `rider-trip:${RIDER}`);

async function requested(id: string): Promise<TripRecord> {
  const now = Date.now();
  return trips.create(begin({ id, riderId: RIDER, driverId: null, pickup: PLACE, dropoff: PLACE }, now), now);
}

test('a driver and a rider are held while their trip is open', async () => {
  const { id } = await requested('open');
  await trips.change(id, offered);
  expect(await trips.holdDriver(DRIVER, id)).toBe(true);
  expect(await held()).toEqual([id, id]);
  await trips.forget({ id, riderId: RIDER, driverId: DRIVER });
});

test('a gateway that is late to hold the driver of an offer that has ended leaves nobody held', async () => {
  const { id, ...trip } = await requested('late');
  await trips.change(id, offered);
  await trips.change(id, (it) => withdraw(it, Date.now()));
  expect(await trips.holdDriver(DRIVER, id)).toBe(false);
  expect(await held()).toEqual([null, id]);
  await trips.forget({ ...trip, id });
});

test('a gateway that read a trip before it ended holds neither its driver nor its rider again', async () => {
  const { id } = await requested('ended');
  await trips.change(id, (it) => ({
    ...it,
    version: it.version + 1,
    state: 'completed',
    driverId: DRIVER,
  }));
  await trips.forget({ id, riderId: RIDER, driverId: DRIVER });
  expect(await trips.holdDriver(DRIVER, id)).toBe(false);
  expect(await trips.holdRider(RIDER, id)).toBe(false);
  expect(await held()).toEqual([null, null]);
});

test('a driver whose trip has just ended is held for another one once it was released, or two seconds later', async () => {
  const { id, ...trip } = await requested('first');
  await trips.change(id, offered);
  expect(await trips.holdDriver(DRIVER, id)).toBe(true);
  const next = await trips.create(
    begin({ id: 'next', riderId: 'another', driverId: null, pickup: PLACE, dropoff: PLACE }, Date.now()),
    Date.now(),
  );
  await trips.change(next.id, offered);
  const endedAt = (ageMs: number) =>
    trips.change(id, (it) => ({
      ...it,
      version: it.version + 1,
      state: 'completed',
      driverId: DRIVER,
      offer: null,
      changedAt: Date.now() - ageMs,
    }));
  await endedAt(0);
  expect(await trips.isFree(DRIVER)).toBe(false);
  expect(await trips.holdDriver(DRIVER, next.id)).toBe(false);
  await endedAt(2_000);
  expect(await trips.isFree(DRIVER)).toBe(true);
  expect(await trips.holdDriver(DRIVER, next.id)).toBe(true);
  await trips.forget({ ...next, driverId: DRIVER });
  await trips.forget({ ...trip, id, driverId: DRIVER });
});
