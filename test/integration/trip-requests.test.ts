import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Position, ProtocolError } from '#protocol';
import { DriverProfiles, ExpiringKeys, Trips } from '#store';
import { HourlyLimits } from '../../apps/gateway/src/auth/hourly-limits.js';
import { type TripChanged, TripEvents } from '../../apps/gateway/src/trips/trip-events.js';
import { TripsService } from '../../apps/gateway/src/trips/trips.service.js';
import { type StoreTestBed, startOne } from './store-test-bed.js';
import { withoutZones } from './without-zones.js';

const PLACE: Position = { lat: 40.75, lng: -73.99 };
const JOURNEY = { pickup: PLACE, dropoff: PLACE };

let testBed: StoreTestBed;
let trips: Trips;
beforeAll(async () => {
  testBed = await startOne();
  trips = new Trips(testBed.client);
});
afterAll(() => testBed.stop());

/** Returns a service whose first `failures` changes cannot be published, and the changes that were. */
function serviceThatFails(failures: number) {
  const published: TripChanged[] = [];
  let left = failures;
  const events = new TripEvents();
  events.on('notify', (change) => {
    left -= 1;
    if (left >= 0) throw new ProtocolError('UNAVAILABLE');
    published.push(change);
  });
  const limits = new HourlyLimits(new ExpiringKeys(testBed.client));
  const profiles = new DriverProfiles(testBed.client);
  const service = new TripsService(trips, events, limits, ...withoutZones(testBed.client), profiles);
  return { service, published };
}

const rider = (userId: string) => ({ role: 'rider', userId }) as const;

describe('a request whose trip was stored but could not be published', () => {
  test('opens that trip, once, when it is repeated with its idempotency key', async () => {
    const { service, published } = serviceThatFails(2);
    const by = rider('keyed');
    for (let attempt = 0; attempt < 2; attempt += 1)
      await expect(service.request(by, JOURNEY, 'key')).rejects.toMatchObject({ failure: { retry: true } });
    const repeated = await Promise.all([1, 2, 3].map(() => service.request(by, JOURNEY, 'key')));
    expect(repeated.map(({ state }) => state)).toEqual(['requested', 'requested', 'requested']);
    expect(new Set(repeated.map(({ id }) => id)).size).toBe(1);
    expect(published.map(({ after }) => after.id)).toEqual(repeated.map(({ id }) => id));
    expect((await trips.open()).map(({ riderId }) => riderId)).toEqual(['keyed']);
    await expect(service.request(by, JOURNEY, 'another key')).rejects.toMatchObject({
      code: 'RIDER_ON_TRIP',
    });
  });

  test('is advanced by the scheduler when nobody repeats it', async () => {
    const { service } = serviceThatFails(1);
    await expect(service.request(rider('gone'), JOURNEY, 'key')).rejects.toThrow();
    const due = await trips.takeDue(Date.now() + 60_000, 100);
    const found = await Promise.all(due.map((id) => trips.get(id)));
    expect(found).toContainEqual(expect.objectContaining({ riderId: 'gone', state: 'requested' }));
  });

  test('does not block the rider who repeats it without a key', async () => {
    const { service } = serviceThatFails(1);
    const by = rider('keyless');
    await expect(service.request(by, JOURNEY)).rejects.toMatchObject({ failure: { retry: true } });
    const trip = await service.request(by, JOURNEY);
    expect(trip).toMatchObject({ state: 'requested', riderId: 'keyless' });
    expect((await trips.open()).filter(({ riderId }) => riderId === 'keyless')).toHaveLength(1);
  });
});
