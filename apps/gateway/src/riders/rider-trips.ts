import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { repeatedly } from '#ops';
import { isOpen, ProtocolError, type Trip, type WatchedTrip } from '#protocol';
import type { IdentifiedSocket } from '#realtime';
import { orUnavailable, Trips } from '#store';
import { viewOf } from '#trips';
import { RiderPlaces } from '../alerts/rider-places.js';
import { FleetViewService } from '../fleet/fleet-view.service.js';
import { RoomSubscriptions } from '../fleet/room-subscriptions.js';
import { PartnerPresence } from '../presence/partner-presence.js';

type RiderSocket = IdentifiedSocket<'/rider'>;

const CHECK_INTERVAL_MS = 10_000;

/** Lets riders follow the driver of their open trip, until it closes. */
@Injectable()
export class RiderTrips implements OnApplicationShutdown {
  /** for each socket, the driver of each trip it follows */
  readonly #followed = new Map<RiderSocket, Map<string, string>>();
  readonly #checking: NodeJS.Timeout;

  constructor(
    private readonly trips: Trips,
    private readonly fleetView: FleetViewService,
    private readonly rooms: RoomSubscriptions,
    private readonly partnerPresence: PartnerPresence,
    private readonly places: RiderPlaces,
  ) {
    this.#checking = repeatedly(CHECK_INTERVAL_MS, () => this.#check());
  }

  onApplicationShutdown(): void {
    clearInterval(this.#checking);
  }

  /** @throws {ProtocolError} NO_SUCH_TRIP, NOT_YOUR_TRIP, TRIP_OVER, TOO_MANY_WATCHES, UNAVAILABLE */
  async watch(socket: RiderSocket, tripId: string): Promise<WatchedTrip> {
    const trip = await this.#openTrip(socket, tripId);
    const { driverId } = trip;
    // No driver to follow yet. The rider receives every change, and watches again once a driver has accepted.
    if (driverId === null) return { trip, position: null, presence: null };
    await this.rooms.driver(socket, driverId);
    const trips = new Map(this.#followed.get(socket)).set(tripId, driverId);
    this.#followed.set(socket, trips);
    this.places.follow(socket, trips.values());
    try {
      // Read again: a trip that closed while the room was joined has already removed its rider's sockets from it.
      const trip = await this.#openTrip(socket, tripId);
      const [position, presence] = await Promise.all([
        this.fleetView.position(driverId),
        this.partnerPresence.driverOf(trip),
      ]);
      return { trip, position, presence };
    } catch (error) {
      this.#unfollow(socket, tripId);
      throw error;
    }
  }

  /** Ends what a node missed while it had no connection to Redis: the end of a trip is sent to all nodes only once. */
  async #check(): Promise<void> {
    for (const [socket, trips] of this.#followed) {
      for (const tripId of trips.keys()) {
        if (!(await this.#isStillOpen(tripId))) this.#unfollow(socket, tripId);
      }
      if (socket.disconnected) this.#followed.delete(socket);
    }
  }

  async #isStillOpen(tripId: string): Promise<boolean> {
    return this.trips.get(tripId).then(
      ({ state }) => isOpen(state),
      (error: unknown) => !(error instanceof ProtocolError),
    );
  }

  #unfollow(socket: RiderSocket, tripId: string): void {
    const trips = this.#followed.get(socket);
    const driverId = trips?.get(tripId);
    trips?.delete(tripId);
    // The rider may be on the next trip with the same driver.
    const others = [...(trips?.values() ?? [])];
    this.places.follow(socket, others);
    if (driverId !== undefined && !others.includes(driverId)) this.rooms.leaveDriver(socket, driverId);
  }

  async #openTrip(socket: RiderSocket, tripId: string): Promise<Trip> {
    const trip = await orUnavailable(this.trips.get(tripId));
    if (trip.riderId !== socket.data.userId) throw new ProtocolError('NOT_YOUR_TRIP');
    if (!isOpen(trip.state)) throw new ProtocolError('TRIP_OVER');
    return viewOf(trip, socket.data);
  }
}
