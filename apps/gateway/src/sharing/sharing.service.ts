import { Injectable } from '@nestjs/common';
import {
  isOpen,
  ProtocolError,
  type SharedTrip,
  type ShareLink,
  type ShareRequest,
  tripRoom,
} from '#protocol';
import { Hub } from '#realtime';
import { clock, Links, orUnavailable, Trips } from '#store';
import { type Actor, assertMaySee, sharedPositionOf, sharedViewOf, type TripRecord } from '#trips';
import { Rates } from '../auth/rates.js';
import { FleetViewService } from '../fleet/fleet-view.service.js';

/** Token bucket of each link at one gateway: burst in requests, refill in requests per second. */
const BURST = 60;
const PER_SECOND = 10;

/** Creates and revokes links to trips, and shows the trip behind a link. */
@Injectable()
export class SharingService {
  readonly #rates = new Rates(BURST, PER_SECOND);

  constructor(
    private readonly links: Links,
    private readonly trips: Trips,
    private readonly fleetView: FleetViewService,
    private readonly hub: Hub,
  ) {}

  /** @throws {ProtocolError} NO_SUCH_TRIP, NOT_YOUR_TRIP, TRIP_OVER, TOO_MANY_LINKS */
  async create(by: Actor, tripId: string, { ttlS }: ShareRequest): Promise<ShareLink> {
    const { state } = await this.#tripOf(by, tripId);
    if (!isOpen(state)) throw new ProtocolError('TRIP_OVER');
    const now = clock.now();
    const expiresAt = now + ttlS * 1_000;
    const token = await orUnavailable(this.links.create(tripId, expiresAt, now));
    return { token, url: `/share/${token}`, expiresAt };
  }

  /**
   * Revokes one link of a trip, or all of them. The streams end on every node; a repeated call signals them again.
   * @throws {ProtocolError} NO_SUCH_TRIP, NOT_YOUR_TRIP, NO_SUCH_LINK
   */
  async revoke(by: Actor, tripId: string, token?: string): Promise<void> {
    await this.#tripOf(by, tripId);
    const digest = token === undefined ? null : await orUnavailable(this.links.revoke(tripId, token));
    if (digest === null) await orUnavailable(this.links.revokeAll(tripId));
    this.hub.signal({ namespace: '/rider', room: tripRoom(tripId) }, 'link:revoked', { digest });
  }

  /** @throws {ProtocolError} NO_SUCH_LINK, LINK_EXPIRED_OR_REVOKED, RATE_LIMITED */
  async sharedTrip(token: string): Promise<SharedTrip> {
    const now = clock.now();
    const { tripId, digest } = await orUnavailable(this.links.find(token, now));
    if (!this.#rates.take(digest, now)) throw new ProtocolError('RATE_LIMITED');
    const trip = await orUnavailable(this.trips.get(tripId));
    const isDriven = trip.driverId !== null && isOpen(trip.state);
    const position = isDriven ? await this.fleetView.position(trip.driverId!) : null;
    return { ...sharedViewOf(trip), position: position === null ? null : sharedPositionOf(position) };
  }

  async #tripOf(by: Actor, tripId: string): Promise<TripRecord> {
    const trip = await orUnavailable(this.trips.get(tripId));
    assertMaySee(trip, by);
    return trip;
  }
}
