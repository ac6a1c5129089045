import type { FoundPlace, FoundPlaces, NearbyCar, Position, ShareLink, StreetPlace, Trip } from '#protocol';
import type { Abortable } from '../util/event-promise.js';
import type { ChangeOptions, Journey, NearbyQuery } from './requests.js';
import { path, search } from './rest-client.js';
import { UserApi } from './user-api.js';

/** Requests of a rider. */
export class RiderApi extends UserApi {
  /** Requests a trip, which is offered to the nearest drivers one after the other; for a rider. @throws {HexfleetError} RIDER_ON_TRIP */
  requestTrip(journey: Journey, options: ChangeOptions = {}): Promise<Trip> {
    return this.change('POST', '/api/trips', journey, options);
  }

  /** Rates a completed trip with 1 to 5 stars; for its rider. @throws {HexfleetError} BAD_STATE before its end */
  rateTrip(id: string, stars: number, options: ChangeOptions = {}): Promise<Trip> {
    return this.change('POST', path`/api/trips/${id}/rating`, { stars }, options);
  }

  /**
   * Returns the nearest place at a street, where a pin belongs: the place itself while the service knows no streets. Its
   * `refusal` is the one that a request from, or to, the place would get.
   */
  nearestStreet(place: Position, use: 'pickup' | 'dropoff', options: Abortable = {}): Promise<StreetPlace> {
    const { lat, lng } = place;
    return this.get(`/api/places/nearest${search({ lat, lng, use })}`, options);
  }

  /** Returns places by text, best first, those near `near` before others. @throws {HexfleetError} UNAVAILABLE */
  async findPlaces(text: string, { lat, lng }: Position, options: Abortable = {}): Promise<FoundPlace[]> {
    return (await this.get<FoundPlaces>(`/api/places${search({ q: text, lat, lng })}`, options)).places;
  }

  /** Returns available cars without identities, nearest first; for a rider. */
  async nearbyCars(query: NearbyQuery, options: Abortable = {}): Promise<NearbyCar[]> {
    return (await this.get<{ cars: NearbyCar[] }>(`/api/nearby${search(query)}`, options)).cars;
  }

  /**
   * Creates a link with which anyone can follow an open trip; `ttlS` from 60 to 86,400 s, four hours by default. With `places`
   * it shows the pick-up, the destination and the route, too.
   */
  shareTrip(
    id: string,
    request: { ttlS?: number; places?: boolean } = {},
    options: ChangeOptions = {},
  ): Promise<ShareLink> {
    return this.change('POST', path`/api/trips/${id}/share`, request, options);
  }

  /** Revokes one link of a trip, or all of them. */
  async revokeShares(id: string, token?: string, options: Abortable = {}): Promise<void> {
    const shares = path`/api/trips/${id}/share`;
    const revoked = token === undefined ? shares : shares + path`/${token}`;
    await this.send('DELETE', revoked, undefined, options);
  }
}
