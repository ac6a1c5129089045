import { Injectable } from '@nestjs/common';
import { DueWork } from '#ops';
import { type Eta, isOpen, tripRoom, userRoom } from '#protocol';
import { Hub, type Room } from '#realtime';
import { clock, type DriverRecord, FleetIndex, orUnavailable, Trips } from '#store';
import { cancelConflicting, type TripRecord } from '#trips';
import { RegionFeedService } from '../feeds/region-feed.service.js';
import { DriverAssignment } from './driver-assignment.js';
import { Matching } from './matching.js';
import { RouteEstimator } from './route-estimator.js';
import { TripNotifier } from './trip-notifier.js';
import { TripsService } from './trips.service.js';

const ESTIMATE_INTERVAL_MS = 5_000;
/** Age of a position, since the service received it, above which it says too little about the arrival. */
const MAX_ESTIMATED_AGE_MS = 15_000;

/**
 * Advances open trips: finds drivers for trips that have none and estimates arrival for the others. All gateways take due
 * trips from one list, so a trip continues whichever gateway dies, and interrupted work is done again.
 */
@Injectable()
export class TripScheduler extends DueWork<string> {
  constructor(
    private readonly trips: Trips,
    private readonly tripsService: TripsService,
    private readonly assignment: DriverAssignment,
    private readonly matching: Matching,
    private readonly index: FleetIndex,
    private readonly routes: RouteEstimator,
    private readonly regionFeed: RegionFeedService,
    private readonly notifier: TripNotifier,
    private readonly hub: Hub,
  ) {
    super({ name: 'trips', intervalMs: 250, maxRunning: 50 });
  }

  protected override take(limit: number): Promise<string[]> {
    return this.trips.takeDue(clock.now(), limit);
  }

  /** Does what is due now for a trip that is open, or closed and still in the list. */
  protected override async work(id: string): Promise<void> {
    const next = await this.#advance(id);
    if (next !== null) await this.trips.schedule(id, next);
  }

  /** @returns when the trip is due next, epoch ms; null when it is scheduled already or closed */
  async #advance(id: string): Promise<number | null> {
    const trip = await this.trips.find(id);
    if (trip === null) {
      await this.trips.forgetId(id);
      return null;
    }
    if (!isOpen(trip.state)) {
      await this.tripsService.emitAgain(trip);
      return null;
    }
    if (trip.driverId === null) return this.matching.advance(trip);
    await this.#checkDriver(trip, trip.driverId);
    return clock.now() + ESTIMATE_INTERVAL_MS;
  }

  async #checkDriver(trip: TripRecord, driverId: string): Promise<void> {
    if (!(await this.#isHeld(trip, driverId))) {
      await this.tripsService.apply(trip.id, (it) => cancelConflicting(it, clock.now()));
      return;
    }
    const { record } = await this.index.load(driverId);
    if (record === null) return;
    if (!record.present) return this.regionFeed.alert(trip, 'driver_silent', record);
    // The gateway that stored the acceptance may have died before it marked the driver as busy.
    if (record.status !== 'busy') await this.assignment.update(trip);
    const isRecent = clock.now() - record.receivedAt <= MAX_ESTIMATED_AGE_MS;
    if (isRecent && trip.state !== 'arrived' && (await this.#isFollowed(trip)))
      await this.#estimate(trip, record);
  }

  /** Whether driver and rider are held for this trip: the gateway that opened it may have died before it held them. */
  async #isHeld({ id, riderId }: TripRecord, driverId: string): Promise<boolean> {
    return (await this.trips.holdDriver(driverId, id)) && (await this.trips.holdRider(riderId, id));
  }

  async #estimate(trip: TripRecord, driver: DriverRecord): Promise<void> {
    const to = trip.state === 'on_trip' ? 'dropoff' : 'pickup';
    const [estimate] = await orUnavailable(this.routes.estimates([driver], trip[to]));
    const eta: Eta = { ...estimate!, to, at: clock.now() + estimate!.durationS * 1_000 };
    if (await this.trips.estimate(trip, eta)) this.notifier.estimated(trip, eta);
  }

  async #isFollowed({ id, riderId, driverId }: TripRecord): Promise<boolean> {
    const rooms: Room[] = [userRoom(riderId), tripRoom(id)].map((room) => ({ namespace: '/rider', room }));
    rooms.push({ namespace: '/driver', room: userRoom(driverId!) });
    return (await orUnavailable(this.hub.occupied(rooms))).length > 0;
  }
}
