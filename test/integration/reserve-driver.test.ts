import { afterAll, beforeAll, expect, test } from 'vitest';
import { DriverProfiles, ExpiringKeys, Trips } from '#store';
import { makeOffer } from '#trips';
import { HourlyLimits } from '../../apps/gateway/src/auth/hourly-limits.js';
import { TripEvents } from '../../apps/gateway/src/trips/trip-events.js';
import { TripsService } from '../../apps/gateway/src/trips/trips.service.js';
import { type StoreTestBed, startOne } from './store-test-bed.js';
import { withoutZones } from './without-zones.js';

const PLACE = { lat: 40.75, lng: -73.99 };
const DISPATCH = { role: 'dispatcher', userId: 'desk' } as const;

let testBed: StoreTestBed;
beforeAll(async () => {
  testBed = await startOne();
});
afterAll(() => testBed.stop());

test('an assignment that loses to offers of matching again and again ends with an error to retry', async () => {
  let rivals = 0;
  /** Makes another offer whenever the trip has none, as matching on another node may. */
  class ContendedTrips extends Trips {
    override async change(...args: Parameters<Trips['change']>) {
      const changed = await super.change(...args);
      if (changed.after.state === 'requested' && changed.after.offer === null) {
        rivals += 1;
        const expiresAt = Date.now() + 10_000;
        const offer = {
          driverId: `rival-${rivals}`,
          expiresAt,
          distanceM: 0,
          durationS: 0,
          by: 'straight_line',
        } as const;
        await super.change(args[0], (trip) => makeOffer(trip, offer, Date.now()));
      }
      return changed;
    }
  }
  const events = new TripEvents();
  const limits = new HourlyLimits(new ExpiringKeys(testBed.client));
  const service = new TripsService(
    new ContendedTrips(testBed.client),
    events,
    limits,
    ...withoutZones(testBed.client),
    new DriverProfiles(testBed.client),
  );
  const request = { riderId: 'r', pickup: PLACE, dropoff: PLACE };
  const trip = await service.request(DISPATCH, request);
  await service.offer(trip.id, {
    driverId: 'rival-0',
    expiresAt: Date.now() + 10_000,
    distanceM: 0,
    durationS: 0,
    by: 'straight_line',
  });
  const assigned = service.change(DISPATCH, trip.id, { state: 'accepted', driverId: 'wanted' });
  await expect(assigned).rejects.toMatchObject({ code: 'UNAVAILABLE', failure: { retry: true } });
  expect(rivals).toBeGreaterThan(1);
});
