import { Inject, Injectable } from '@nestjs/common';
import {
  type FoundPlace,
  MAX_TO_STREET_M,
  type Position,
  ProtocolError,
  type StreetPlace,
  type StreetQuery,
} from '#protocol';
import type { TripZones } from '#trips';
import { ZoneRulesService } from '../queues/zone-rules.service.js';
import { ROUTER, type Router } from '../trips/routing/router.js';
import { PLACE_SEARCH, type PlaceSearch } from './place-search.js';

type Use = StreetQuery['use'];

const NO_STREET = { pickup: 'NO_STREET_AT_PICKUP', dropoff: 'NO_STREET_AT_DROPOFF' } as const;

/** Decides where cars stop: at streets, and where the zones allow it. */
@Injectable()
export class PlacesService {
  constructor(
    @Inject(ROUTER) private readonly router: Router,
    @Inject(PLACE_SEARCH) private readonly places: PlaceSearch,
    private readonly zones: ZoneRulesService,
  ) {}

  /**
   * Checks the places of a request.
   * @returns the effects of the zones on the trip
   * @throws {ProtocolError} NO_STREET_AT_PICKUP, NO_STREET_AT_DROPOFF, and what {@link ZoneRulesService.check} throws, with the
   * nearest allowed place
   */
  async check(pickup: Position, dropoff: Position): Promise<TripZones> {
    const refusals = await Promise.all([this.#refusal(pickup, 'pickup'), this.#refusal(dropoff, 'dropoff')]);
    for (const { error } of refusals) if (error !== null) throw error;
    return this.zones.check(pickup, dropoff);
  }

  /** Returns the nearest point of a street, where a pin belongs, and the refusal that a request from, or to, the place would get. */
  async nearest(place: Position, use: Use): Promise<StreetPlace> {
    const { street, error } = await this.#refusal(place, use);
    const { code, nearest = null } = error ?? {};
    return { ...(street ?? { ...place, awayM: 0 }), refusal: code === undefined ? null : { code, nearest } };
  }

  search(text: string, near: Position): Promise<FoundPlace[]> {
    return this.places.search(text, near);
  }

  /** @returns the nearest point of a street, null if none is known, and the refusal of the place, null if it is allowed */
  async #refusal(place: Position, use: Use) {
    const street = await this.router.nearest(place);
    const error = this.#forbidden(place, use);
    if (error !== null) return { street, error: await this.#atStreet(error, use) };
    if (street === null || street.awayM <= MAX_TO_STREET_M) return { street, error };
    const { lat, lng } = street;
    const forbidden = this.#forbidden(street, use);
    if (forbidden !== null) return { street, error: await this.#atStreet(forbidden, use) };
    return { street, error: new ProtocolError(NO_STREET[use], undefined, { lat, lng, name: null }) };
  }

  /** Moves the place that a refusal proposes to a street, if it is still allowed there. */
  async #atStreet(error: ProtocolError, use: Use): Promise<ProtocolError> {
    if (error.nearest === undefined || error.nearest.name !== null) return error;
    const street = await this.router.nearest(error.nearest);
    if (street === null || this.#forbidden(street, use) !== null) return error;
    const other = new ProtocolError(error.code, undefined, { lat: street.lat, lng: street.lng, name: null });
    other.message = error.message;
    return other;
  }

  /** @returns the refusal of the zones, null if they allow the place */
  #forbidden(place: Position, use: Use): ProtocolError | null {
    try {
      this.zones.checkPlace(place, use);
      return null;
    } catch (error) {
      if (error instanceof ProtocolError) return error;
      throw error;
    }
  }
}
