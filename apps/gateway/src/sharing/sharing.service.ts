import { createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import {
  isOpen,
  ProtocolError,
  type SharedTrip,
  type ShareLink,
  type ShareRequest,
  type TripRoute,
  tripRoom,
} from '#protocol';
import { deriveKey, Hub } from '#realtime';
import { clock, ExpiringKeys, type Link, Links, orUnavailable, Trips } from '#store';
import { type Actor, assertMaySee, sharedPositionOf, sharedViewOf, type TripRecord } from '#trips';
import { KeyedRateLimiter } from '../auth/keyed-rate-limiter.js';
import { FleetViewService } from '../fleet/fleet-view.service.js';
import { TripRoutes } from '../trips/trip-routes.js';

/** Token bucket of each link at one gateway: burst in requests, refill in requests per second. */
const BURST = 60;
const PER_SECOND = 10;
const TOKEN_BYTES = 24;

/** Creates and revokes links to trips, and shows the trip behind a link. */
@Injectable()
export class SharingService {
  readonly #key: Buffer;
  readonly #limiter = new KeyedRateLimiter(BURST, PER_SECOND);

  constructor(
    private readonly links: Links,
    private readonly trips: Trips,
    private readonly fleetView: FleetViewService,
    private readonly routes: TripRoutes,
    private readonly hub: Hub,
    private readonly expiringKeys: ExpiringKeys,
    @Inject(CONFIG) { installationSecret, jwtSecret }: Config,
  ) {
    this.#key = deriveKey((installationSecret ?? jwtSecret)!, 'hexfleet share links');
  }

  /**
   * Creates a link to an open trip.
   * @param key idempotency key: the same one creates one link
   * @throws {ProtocolError} NO_SUCH_TRIP, NOT_YOUR_TRIP, TRIP_OVER, TOO_MANY_LINKS, IDEMPOTENCY_KEY_REUSED
   */
  async create(by: Actor, tripId: string, { ttlS, places }: ShareRequest, key?: string): Promise<ShareLink> {
    const { state } = await this.#tripOf(by, tripId);
    const user = `${by.role} ${by.userId}`;
    // Tokens are not stored, so a repeated request derives the same one again.
    const token = key === undefined ? randomBytes(TOKEN_BYTES) : this.#derive(`${user}\0${key}`);
    const text = token.toString('base64url');
    const request = { tripId, ttlS, ...(places && { places }) };
    const { expiresAt } = await this.expiringKeys.idempotent(`share:${user}`, key, request, async () => {
      if (!isOpen(state)) throw new ProtocolError('TRIP_OVER');
      const now = clock.now();
      const link = { expiresAt: now + ttlS * 1_000 };
      await orUnavailable(this.links.create(tripId, text, { ...link, showsPlaces: places }, now));
      return link;
    });
    return { token: text, url: `/share/${text}`, expiresAt };
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
    const { trip, link } = await this.#tripBehind(token);
    const isDriven = trip.driverId !== null && isOpen(trip.state);
    const position = isDriven ? await this.fleetView.position(trip.driverId!) : null;
    return { ...sharedViewOf(trip, link), position: position === null ? null : sharedPositionOf(position) };
  }

  /** Returns the route of the car; null if the link does not show places. @throws {ProtocolError} as {@link sharedTrip} does */
  async sharedRoute(token: string): Promise<TripRoute> {
    const { trip, link } = await this.#tripBehind(token);
    return { route: link.showsPlaces ? await this.routes.of(trip) : null };
  }

  async #tripBehind(token: string): Promise<{ trip: TripRecord; link: Link }> {
    const now = clock.now();
    const link = await orUnavailable(this.links.find(token, now));
    this.#limiter.take(link.digest, now);
    return { trip: await orUnavailable(this.trips.get(link.tripId)), link };
  }

  #derive(request: string): Buffer {
    return createHmac('sha256', this.#key).update(request).digest().subarray(0, TOKEN_BYTES);
  }

  async #tripOf(by: Actor, tripId: string): Promise<TripRecord> {
    const trip = await orUnavailable(this.trips.get(tripId));
    assertMaySee(trip, by);
    return trip;
  }
}
