import type {
  ActiveAlert,
  AuditEntry,
  Bbox,
  Disconnected,
  DriverProfile,
  DriverState,
  DrivingRoute,
  ErasureReport,
  FleetHistory,
  FoundPlace,
  FoundPlaces,
  Incident,
  NearbyCar,
  NearbyDriver,
  NodeState,
  Position,
  Presence,
  PushDevice,
  PushSettings,
  PushState,
  Role,
  ServiceHere,
  ShareLink,
  StreetPlace,
  Track,
  Trip,
  TripChange,
  TripRequest,
  TripRoute,
  TripState,
  TripSummary,
  UserExport,
} from '#protocol';
import type {
  AlertRequest,
  AuditPage,
  ChangeOptions,
  IncidentReport,
  Journey,
  NearbyQuery,
  NoticeRequest,
  TrackQuery,
} from './api-requests.js';
import type { HexfleetError } from './connection/errors.js';
import type { BackoffOptions } from './connection/reconnect-policy.js';
import { retry } from './connection/retry.js';
import { fetchToken, type TokenSource } from './connection/token.js';
import { type RequestOptions, request } from './http-fallback/http.js';
import { type Abortable, unlessAborted } from './util/event-promise.js';
import { randomId } from './util/platform.js';

export type {
  AlertRequest,
  AuditPage,
  ChangeOptions,
  IncidentReport,
  Journey,
  NearbyQuery,
  NoticeRequest,
  TrackQuery,
} from './api-requests.js';

/** Options of an {@link Api}. */
export type ApiOptions = {
  /** address of the service; by default the origin of the page */
  url?: string;
  /** identifies the user; a function is called for each request */
  token: TokenSource;
  /** range of the random pause before a retry, whose upper bound doubles with each failure */
  backoff?: BackoffOptions;
};

/**
 * Client of the REST API. Every method throws {@link HexfleetError} on a refusal. Methods with {@link ChangeOptions} are
 * retried while the service is unreachable or says that they may succeed later, and take effect once all the same. The
 * others are sent once.
 */
export class Api {
  readonly #url: string;
  readonly #token: TokenSource;
  readonly #backoff: BackoffOptions | undefined;
  /** Creates a client for the service at `url`, which acts as the user of the token. */
  constructor({ url = '', token, backoff }: ApiOptions) {
    this.#url = url;
    this.#token = token;
    this.#backoff = backoff;
  }

  /** Creates a trip for a rider, and assigns the driver if the request names one; for a service or a dispatcher. */
  createTrip(trip: TripRequest, options: ChangeOptions = {}): Promise<Trip> {
    return this.#change('POST', '/api/trips', trip, options);
  }

  /** Requests a trip, which is offered to the nearest drivers one after the other; for a rider. @throws {HexfleetError} RIDER_ON_TRIP */
  requestTrip(journey: Journey, options: ChangeOptions = {}): Promise<Trip> {
    return this.createTrip(journey, options);
  }

  /**
   * Moves a trip to a state, or makes a change that needs more than its state; for its driver, a service or a dispatcher.
   * @throws {HexfleetError} BAD_STATE, NOT_YOUR_TRIP, WRONG_PIN, NO_SHOW_TOO_EARLY
   */
  changeTrip(id: string, change: TripState | TripChange, options: ChangeOptions = {}): Promise<Trip> {
    return this.#changeTrip(id, typeof change === 'string' ? { state: change } : change, options);
  }

  /** Rates a completed trip with 1 to 5 stars; for its rider. @throws {HexfleetError} BAD_STATE before its end */
  rateTrip(id: string, stars: number, options: ChangeOptions = {}): Promise<Trip> {
    return this.#change('POST', `/api/trips/${encodeURIComponent(id)}/rating`, { stars }, options);
  }

  /** Returns the way that the driver of a trip still has to drive; null without a router, without a car and while it waits. */
  async route(tripId: string, options: Abortable = {}): Promise<DrivingRoute | null> {
    const path = `/api/trips/${encodeURIComponent(tripId)}/route`;
    return (await this.#send<TripRoute>('GET', path, undefined, options)).route;
  }

  /**
   * Returns the nearest place at a street, where a pin belongs: the place itself while the service knows no streets. Its
   * `refusal` is the one that a request from, or to, the place would get.
   */
  nearestStreet(place: Position, use: 'pickup' | 'dropoff', options: Abortable = {}): Promise<StreetPlace> {
    const { lat, lng } = place;
    return this.#send('GET', `/api/places/nearest?${search({ lat, lng, use })}`, undefined, options);
  }

  /** Returns places by text, best first, those near `near` before others. @throws {HexfleetError} UNAVAILABLE */
  async findPlaces(text: string, near: Position, options: Abortable = {}): Promise<FoundPlace[]> {
    const path = `/api/places?${search({ q: text, lat: near.lat, lng: near.lng })}`;
    return (await this.#send<FoundPlaces>('GET', path, undefined, options)).places;
  }

  /** Cancels a trip; for its rider, its driver, a service or a dispatcher. @throws {HexfleetError} BAD_STATE when it has ended */
  cancelTrip(id: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.#changeTrip(id, { state: 'cancelled' }, options);
  }

  /** Accepts an offer; for the driver who has it. @throws {HexfleetError} OFFER_OVER when it is too late */
  acceptOffer(tripId: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.#changeTrip(tripId, { state: 'accepted' }, options);
  }

  /** Declines an offer; for the driver who has it. The next driver gets it at once. */
  async declineOffer(tripId: string, options: ChangeOptions = {}): Promise<void> {
    await this.#changeTrip(tripId, { state: 'requested' }, options);
  }

  /**
   * Assigns a trip to a driver without an offer; for a service or a dispatcher.
   * @throws {HexfleetError} DRIVER_ON_TRIP; BAD_STATE when another driver has the trip
   */
  assignTrip(id: string, driverId: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.#changeTrip(id, { state: 'accepted', driverId }, options);
  }

  /** Returns the open trip of a rider or driver, including one offered to the driver; for dispatch all of them, 1,000 at most. */
  async openTrips(options: Abortable = {}): Promise<Trip[]> {
    return (await this.#send<{ trips: Trip[] }>('GET', '/api/trips', undefined, options)).trips;
  }

  /** Returns a trip as it is now; for its parties, a service or a dispatcher. */
  trip(id: string, options: Abortable = {}): Promise<Trip> {
    return this.#send('GET', `/api/trips/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Returns available drivers, nearest first; for a service or a dispatcher. */
  async nearbyDrivers(query: NearbyQuery, options: Abortable = {}): Promise<NearbyDriver[]> {
    const path = `/api/nearby?${search(query)}`;
    return (await this.#send<{ drivers: NearbyDriver[] }>('GET', path, undefined, options)).drivers;
  }

  /** Returns available cars without identities, nearest first; for a rider. */
  async nearbyCars(query: NearbyQuery, options: Abortable = {}): Promise<NearbyCar[]> {
    const path = `/api/nearby?${search(query)}`;
    return (await this.#send<{ cars: NearbyCar[] }>('GET', path, undefined, options)).cars;
  }

  /** Returns status, position, counts and profile of a driver; for a service or a dispatcher. */
  driver(id: string, options: Abortable = {}): Promise<DriverState> {
    return this.#send('GET', `/api/drivers/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Stores the profile of a driver instead of an earlier one; for a service. @throws {HexfleetError} BAD_PROFILE */
  putDriverProfile(id: string, profile: DriverProfile, options: Abortable = {}): Promise<DriverProfile> {
    return this.#send('PUT', `/api/drivers/${encodeURIComponent(id)}`, profile, options);
  }

  /** Returns the zones around a place, as far as this user may see them, and the vehicle classes near it. */
  service({ lat, lng }: Position, options: Abortable = {}): Promise<ServiceHere> {
    return this.#send('GET', `/api/service?lat=${lat}&lng=${lng}`, undefined, options);
  }

  /** Returns the track of a driver; by default of the last hour, or of the whole trip. */
  track(driverId: string, query: TrackQuery = {}, options: Abortable = {}): Promise<Track> {
    const path = `/api/drivers/${encodeURIComponent(driverId)}/track?${search(query)}`;
    return this.#send('GET', path, undefined, options);
  }

  /**
   * Returns where the vehicles of an area were, by default in the last hour; for a service or a dispatcher.
   * @throws {HexfleetError} AREA_TOO_LARGE, BAD_SPAN for over six hours
   */
  fleetHistory(
    bbox: Bbox,
    span: { from?: number; to?: number } = {},
    options: Abortable = {},
  ): Promise<FleetHistory> {
    const path = `/api/fleet/history?${search({ bbox: bbox.join(), ...span })}`;
    return this.#send('GET', path, undefined, options);
  }

  /** Returns the connections of a user, with role and node; for a service or a dispatcher. */
  presence(userId: string, options: Abortable = {}): Promise<Presence> {
    return this.#send('GET', `/api/users/${encodeURIComponent(userId)}/presence`, undefined, options);
  }

  /**
   * Ends all sockets and streams of a user; for a service or a dispatcher.
   * @param role of the user: a rider and a driver may have the same id
   * @returns number of known connections
   */
  async disconnectUser(role: Role, userId: string, options: Abortable = {}): Promise<number> {
    const path = `/api/users/${encodeURIComponent(userId)}/connections?role=${role}`;
    return (await this.#send<Disconnected>('DELETE', path, undefined, options)).connections;
  }

  /**
   * Erases a user as rider and as driver, for a service. Repeat it after a failure: it goes on where it stopped.
   * @throws {HexfleetError} USER_ON_TRIP until the open trip has ended
   */
  eraseUser(userId: string, options: Abortable = {}): Promise<ErasureReport> {
    return this.#send('DELETE', `/api/users/${encodeURIComponent(userId)}/data`, undefined, options);
  }

  /** Returns everything that is stored about a user, for a service. A track of a week takes some hundred MB. */
  exportUser(userId: string, options: Abortable = {}): Promise<UserExport> {
    return this.#send('GET', `/api/users/${encodeURIComponent(userId)}/data`, undefined, options);
  }

  /** Returns the running processes of the installation; for a service or a dispatcher. */
  async nodes(options: Abortable = {}): Promise<NodeState[]> {
    return (await this.#send<{ nodes: NodeState[] }>('GET', '/api/nodes', undefined, options)).nodes;
  }

  /**
   * Sends a notice to the feed of a rider or a driver; for a service or a dispatcher.
   * @throws {HexfleetError} BAD_TEXT over 500 characters, EMPTY_TEXT
   */
  async sendNotice(userId: string, notice: NoticeRequest, options: ChangeOptions = {}): Promise<void> {
    await this.#change('POST', `/api/users/${encodeURIComponent(userId)}/notices`, notice, options);
  }

  /**
   * Sends an alert to everybody in an area or a region, for a service or a dispatcher: to each connected app once, and to
   * those that connect or come there before it expires.
   * @throws {HexfleetError} BAD_AREA, AREA_TOO_LARGE, BAD_EXPIRY, TOO_MANY_ALERTS
   */
  sendAlert(alert: AlertRequest, options: ChangeOptions = {}): Promise<ActiveAlert> {
    return this.#change('POST', '/api/alerts', alert, options);
  }

  /**
   * Withdraws an alert, for a service or a dispatcher: apps no longer show it, and nobody receives it any more.
   * @throws {HexfleetError} NO_SUCH_ALERT
   */
  async withdrawAlert(id: string, options: Abortable = {}): Promise<void> {
    await this.#send('DELETE', `/api/alerts/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Returns the alerts that have not expired, newest first, each with the number of users reached. */
  async alerts(options: Abortable = {}): Promise<ActiveAlert[]> {
    return (await this.#send<{ alerts: ActiveAlert[] }>('GET', '/api/alerts', undefined, options)).alerts;
  }

  /**
   * Takes a driver offline and notifies its app; for a service or a dispatcher.
   * @throws {HexfleetError} DRIVER_ON_TRIP
   */
  async forceOffline(driverId: string, options: Abortable = {}): Promise<void> {
    await this.#send('POST', `/api/drivers/${encodeURIComponent(driverId)}/offline`, {}, options);
  }

  /** Returns the audit log of privileged actions, newest first; for a service or a dispatcher. */
  async audit(query: AuditPage = {}, options: Abortable = {}): Promise<AuditEntry[]> {
    const path = `/api/audit?${search(query)}`;
    return (await this.#send<{ entries: AuditEntry[] }>('GET', path, undefined, options)).entries;
  }

  /**
   * Reports an incident to dispatch, and retries until it is stored.
   * @throws {HexfleetError} BAD_TEXT, NO_SUCH_TRIP, NOT_YOUR_TRIP; RATE_LIMITED after 20 in an hour
   */
  reportIncident(report: IncidentReport, options: ChangeOptions = {}): Promise<Incident> {
    return this.#change('POST', '/api/incidents', report, options);
  }

  /** Returns the summary of a trip that has ended. */
  summary(id: string, options: Abortable = {}): Promise<TripSummary> {
    return this.#send('GET', `/api/trips/${encodeURIComponent(id)}/summary`, undefined, options);
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
    return this.#change('POST', `/api/trips/${encodeURIComponent(id)}/share`, request, options);
  }

  /** Revokes one link of a trip, or all of them. */
  async revokeShares(id: string, token?: string, options: Abortable = {}): Promise<void> {
    const which = token === undefined ? '' : `/${encodeURIComponent(token)}`;
    await this.#send('DELETE', `/api/trips/${encodeURIComponent(id)}/share${which}`, undefined, options);
  }

  /** Returns the key for subscriptions to Web Push, and the settings and devices of this user; not for a service. */
  push(options: Abortable = {}): Promise<PushState> {
    return this.#send('GET', '/api/push', undefined, options);
  }

  /**
   * Stores the subscription of a device, as `PushSubscription.toJSON` returns it, or renews it for sixty days; not for a service.
   * @param deviceId the one of the client of this device, which gets no notifications while it is connected
   * @throws {HexfleetError} BAD_PUSH_ENDPOINT
   */
  subscribePush(deviceId: string, subscription: PushDevice, options: Abortable = {}): Promise<PushState> {
    return this.#send('PUT', `/api/push/devices/${encodeURIComponent(deviceId)}`, subscription, options);
  }

  /** Removes the subscription of a device; not for a service. */
  async unsubscribePush(deviceId: string, options: Abortable = {}): Promise<void> {
    await this.#send('DELETE', `/api/push/devices/${encodeURIComponent(deviceId)}`, undefined, options);
  }

  /** Sets which notifications this user gets, on all devices; not for a service. */
  setPushSettings(settings: PushSettings, options: Abortable = {}): Promise<PushSettings> {
    return this.#send('PUT', '/api/push/settings', settings, options);
  }

  /** Sends a request once, as the user of the token; for routes that have no method here. @throws {HexfleetError} */
  send<T>(method: string, path: string, body?: unknown, options: Abortable = {}): Promise<T> {
    return this.#send(method, path, body, options);
  }

  #changeTrip(id: string, change: TripChange, options: ChangeOptions): Promise<Trip> {
    return this.#change('PATCH', `/api/trips/${encodeURIComponent(id)}`, change, options);
  }

  #change<T = Trip>(
    method: string,
    path: string,
    body: unknown,
    { idempotencyKey = randomId(), ...options }: ChangeOptions,
  ): Promise<T> {
    const headers = { 'idempotency-key': idempotencyKey };
    return retry((signal) => this.#send(method, path, body, { signal, headers }), options, this.#backoff);
  }

  async #send<T>(
    method: string,
    path: string,
    body: unknown,
    { signal, headers }: RequestOptions,
  ): Promise<T> {
    const token = await unlessAborted(fetchToken(this.#token), signal);
    const authorized = { ...headers, authorization: `Bearer ${token}` };
    return request(`${this.#url}${path}`, method, body, { signal, headers: authorized });
  }
}

/** Returns a token of the demo; a service in production has no such route. */
export async function devToken(role: Role, sub: string, url = '', options: Abortable = {}): Promise<string> {
  return (await request<{ token: string }>(`${url}/api/dev/tokens`, 'POST', { role, sub }, options)).token;
}

const search = (query: object): string =>
  new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
