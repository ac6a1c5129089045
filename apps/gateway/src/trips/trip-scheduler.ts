import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { repeatedly } from '#ops';
import { type Eta, isOpen, ProtocolError, tripRoom, userRoom } from '#protocol';
import { Hub, type Room } from '#realtime';
import { type DriverRecord, FleetIndex, orUnavailable, Trips } from '#store';
import { callOff, type TripRecord } from '#trips';
import { RegionFeedService } from '../feeds/region-feed.service.js';
import { Matching } from './matching.js';
import { RouteEstimator } from './route-estimator.js';
import { TripNotifier } from './trip-notifier.js';
import { TripsService } from './trips.service.js';

const INTERVAL_MS = 250;
const AT_ONCE = 50;
const ESTIMATE_INTERVAL_MS = 5_000;

/**
 * Looks after open trips: finds drivers for those that have none, and tells how long the others still take. Every
 * gateway takes what is due from one list, so a trip goes on whichever of them dies, and what its death cut off is done
 * again.
 */
@Injectable()
export class TripScheduler implements OnApplicationShutdown {
  readonly #logger = new Logger('trips');
  readonly #looking: NodeJS.Timeout;

  constructor(
    private readonly trips: Trips,
    private readonly tripsService: TripsService,
    private readonly matching: Matching,
    private readonly index: FleetIndex,
    private readonly routes: RouteEstimator,
    private readonly regionFeed: RegionFeedService,
    private readonly notifier: TripNotifier,
    private readonly hub: Hub,
  ) {
    this.#looking = repeatedly(INTERVAL_MS, () => this.#lookAtDue());
  }

  onApplicationShutdown(): void {
    clearInterval(this.#looking);
  }

  async #lookAtDue(): Promise<void> {
    // While the store is away there is nothing to look after.
    const ids = await this.trips.takeDue(Date.now(), AT_ONCE).catch(() => []);
    await Promise.all(ids.map((id) => this.look(id)));
  }

  /**
   * Does what is due now for a trip that is open, or is over and still in the list. Never rejects: what fails is done when
   * its time comes again.
   */
  async look(id: string): Promise<void> {
    try {
      const next = await this.#look(id);
      if (next !== null) await this.trips.schedule(id, next);
    } catch (error) {
      // Another change was faster, or Redis is away.
      if (!(error instanceof ProtocolError)) this.#logger.warn(error);
    }
  }

  /** @returns when to look at it next, epoch ms */
  async #look(id: string): Promise<number | null> {
    const trip = await this.trips.find(id);
    if (trip === null) {
      await this.trips.forgetId(id);
      return null;
    }
    if (!isOpen(trip.state)) {
      await this.tripsService.notifyAgain(trip);
      return null;
    }
    if (trip.driverId === null) return this.matching.look(trip);
    await this.#lookAtDriver(trip, trip.driverId);
    return Date.now() + ESTIMATE_INTERVAL_MS;
  }

  async #lookAtDriver(trip: TripRecord, driverId: string): Promise<void> {
    if (!(await this.#isHeld(trip, driverId))) {
      await this.tripsService.apply(trip.id, (it) => callOff(it, Date.now()));
      return;
    }
    const { record } = await this.index.load(driverId);
    if (record === null) return;
    if (!record.present) return this.regionFeed.alert(trip, 'driver_silent', record);
    // Who took the trip for it may have died before it said so.
    if (record.status !== 'busy') await this.tripsService.setDriverOnTrip(trip);
    if (trip.state !== 'arrived' && (await this.#isFollowed(trip))) await this.#estimate(trip, record);
  }

  /** Whether it is the one trip of its driver and of its rider: who opened it may have died before it knew. */
  async #isHeld({ id, riderId }: TripRecord, driverId: string): Promise<boolean> {
    return (await this.trips.holdDriver(driverId, id)) && (await this.trips.holdRider(riderId, id));
  }

  async #estimate(trip: TripRecord, driver: DriverRecord): Promise<void> {
    const to = trip.state === 'on_trip' ? 'dropoff' : 'pickup';
    const [estimate] = await orUnavailable(this.routes.estimates([driver], trip[to]));
    const eta: Eta = { ...estimate!, to, at: Date.now() + estimate!.durationS * 1_000 };
    if (await this.trips.estimate(trip, eta)) this.notifier.estimated(trip, eta);
  }

  async #isFollowed({ id, riderId, driverId }: TripRecord): Promise<boolean> {
    const rooms: Room[] = [userRoom(riderId), tripRoom(id)].map((room) => ({ namespace: '/rider', room }));
    rooms.push({ namespace: '/driver', room: userRoom(driverId!) });
    return (await orUnavailable(this.hub.occupied(rooms))).length > 0;
  }
}
