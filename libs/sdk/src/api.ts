import type {
  AuditEntry,
  Bbox,
  Disconnected,
  DriverState,
  FleetHistory,
  Incident,
  NearbyCar,
  NearbyDriver,
  NodeState,
  Position,
  Presence,
  Role,
  ShareLink,
  Track,
  Trip,
  TripChange,
  TripRequest,
  TripState,
  TripSummary,
} from '#protocol';
import type { HexfleetError } from './connection/errors.js';
import type { BackoffOptions } from './connection/reconnect-policy.js';
import { type RetryOptions, retry } from './connection/retry.js';
import { fetchToken, type TokenSource } from './connection/token.js';
import { type RequestOptions, request } from './http-fallback/http.js';
import { type Abortable, unlessAborted } from './util/event-promise.js';
import { randomId } from './util/platform.js';

/** Place around which to search. */
export type NearbyQuery = {
  /** degrees */
  lat: number;
  /** degrees */
  lng: number;
  /** at most 5,000 m */
  radiusM: number;
  /** maximum number of results, 20 by default */
  limit?: number;
};

/** Time span of a track; a rider must name one of its own trips, and gets the track within the time of that trip. */
export type TrackQuery = {
  /** epoch ms */
  from?: number;
  /** epoch ms */
  to?: number;
  /** id of a trip of that driver, whose time is the default span */
  tripId?: string;
  /** maximum number of fixes, up to 100,000; `next` of the track is where the later ones begin */
  limit?: number;
};

/** Pick-up and destination of a trip. */
export type Journey = {
  /** where the rider gets in */
  pickup: Position;
  /** where the rider gets out */
  dropoff: Position;
};

/** Page of the audit log. */
export type AuditPage = {
  /** maximum number of entries, up to 1,000; 100 by default */
  limit?: number;
  /** only entries before the one with this id */
  before?: string;
};

/** Message of dispatch to a user. */
export type NoticeRequest = {
  /** role in which the user receives it */
  role: 'rider' | 'driver';
  /** plain text, at most 500 characters */
  text: string;
};

/** Incident to report to dispatch. */
export type IncidentReport = {
  /** kind of the incident */
  kind: Incident['kind'];
  /** description, at most 500 characters */
  text?: string;
  /** degrees */
  lat: number;
  /** degrees */
  lng: number;
  /** id of the trip on which it happened, one of the reporter's own */
  tripId?: string;
};

/** Retries of a change, and its idempotency key. */
export type ChangeOptions = RetryOptions & {
  /**
   * requests with the same key are the same change, which is made once; a new key for each call by default. An app that
   * retries after a restart stores its own key: an id of 1 to 64 characters
   */
  idempotencyKey?: string;
};

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
  requestTrip({ pickup, dropoff }: Journey, options: ChangeOptions = {}): Promise<Trip> {
    return this.createTrip({ pickup, dropoff }, options);
  }

  /** Moves a trip to a state; for its driver, a service or a dispatcher. @throws {HexfleetError} BAD_STATE, NOT_YOUR_TRIP */
  changeTrip(id: string, state: TripState, options: ChangeOptions = {}): Promise<Trip> {
    return this.#changeTrip(id, { state }, options);
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

  /** Returns status, position and counts of a driver; for a service or a dispatcher. */
  driver(id: string, options: Abortable = {}): Promise<DriverState> {
    return this.#send('GET', `/api/drivers/${encodeURIComponent(id)}`, undefined, options);
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

  /** Ends all connections of a user; for a service or a dispatcher. @returns number of known connections */
  async disconnectUser(userId: string, options: Abortable = {}): Promise<number> {
    const path = `/api/users/${encodeURIComponent(userId)}/connections`;
    return (await this.#send<Disconnected>('DELETE', path, undefined, options)).connections;
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

  /** Creates a link with which anyone can follow an open trip; `ttlS` from 60 to 86,400 s, four hours by default. */
  shareTrip(id: string, request: { ttlS?: number } = {}, options: ChangeOptions = {}): Promise<ShareLink> {
    return this.#change('POST', `/api/trips/${encodeURIComponent(id)}/share`, request, options);
  }

  /** Revokes one link of a trip, or all of them. */
  async revokeShares(id: string, token?: string, options: Abortable = {}): Promise<void> {
    const which = token === undefined ? '' : `/${encodeURIComponent(token)}`;
    await this.#send('DELETE', `/api/trips/${encodeURIComponent(id)}/share${which}`, undefined, options);
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

const search = (query: NearbyQuery | TrackQuery | AuditPage | { bbox: string }): string =>
  new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
