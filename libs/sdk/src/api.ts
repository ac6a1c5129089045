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
import { randomId } from './util/random-id.js';

/** Around which place is looked. */
export type NearbyQuery = {
  /** degrees */
  lat: number;
  /** degrees */
  lng: number;
  /** at most 5,000 m */
  radiusM: number;
  /** how many are useful, 20 by default */
  limit?: number;
};

/** Of what time; a rider must name a trip of its own, and gets the track within its time. */
export type TrackQuery = {
  /** epoch ms */
  from?: number;
  /** epoch ms */
  to?: number;
  /** a trip of that driver: the time of the trip, unless told otherwise */
  tripId?: string;
  /** maximum number of fixes, to 100,000; `next` of the track tells where the later ones begin */
  limit?: number;
};

/** From where to where. */
export type Journey = {
  /** where the rider gets in */
  pickup: Position;
  /** where the rider gets out */
  dropoff: Position;
};

/** Which page of the audit. */
export type AuditPage = {
  /** how many entries, 100 by default, at most 1,000 */
  limit?: number;
  /** only entries before the one with this id */
  before?: string;
};

/** What dispatch has to say, and to whom. */
export type NoticeRequest = {
  /** as which of both the user is told */
  role: 'rider' | 'driver';
  /** plain, at most 500 characters */
  text: string;
};

/** Something that happened and that dispatch should know of. */
export type IncidentReport = {
  /** what happened */
  kind: Incident['kind'];
  /** in words, at most 500 characters */
  text?: string;
  /** where, degrees */
  lat: number;
  /** degrees */
  lng: number;
  /** of the trip that it happened on, one's own */
  tripId?: string;
};

/** For how long a change of a trip is tried, and under which name. */
export type ChangeOptions = RetryOptions & {
  /**
   * the same one means the same change, made once however often it is asked for; by default a new one for each call. An
   * app that is to ask again after a restart keeps its own: 1 to 64 characters of an id.
   */
  idempotencyKey?: string;
};

/** What an {@link Api} takes. */
export type ApiOptions = {
  /** address of the service; in a page, its own origin by default */
  url?: string;
  /** who asks; a function is called for each request */
  token: TokenSource;
  /** how long to wait before a change is tried again: any time up to the most, which doubles with each failure */
  backoff?: BackoffOptions;
};

/**
 * The REST part of the service. Every method throws {@link HexfleetError} on a refusal. What changes a trip or tells
 * somebody is tried again while the service cannot be reached or says that it may succeed later; it is done once all the
 * same. What only asks is asked once.
 */
export class Api {
  readonly #url: string;
  readonly #token: TokenSource;
  readonly #backoff: BackoffOptions | undefined;

  /** The REST part of the service at an address, asked by whom the token names. */
  constructor({ url = '', token, backoff }: ApiOptions) {
    this.#url = url;
    this.#token = token;
    this.#backoff = backoff;
  }

  /** For a service or a dispatcher, which names the rider, and the driver if it has accepted already. */
  createTrip(trip: TripRequest, options: ChangeOptions = {}): Promise<Trip> {
    return this.#change('POST', '/api/trips', trip, options);
  }

  /** For a rider: the nearest drivers are asked, one after the other. @throws {HexfleetError} RIDER_ON_TRIP */
  requestTrip({ pickup, dropoff }: Journey, options: ChangeOptions = {}): Promise<Trip> {
    return this.createTrip({ pickup, dropoff }, options);
  }

  /** For its driver, a service or a dispatcher. @throws {HexfleetError} BAD_STATE, NOT_YOUR_TRIP */
  changeTrip(id: string, state: TripState, options: ChangeOptions = {}): Promise<Trip> {
    return this.#changeTrip(id, { state }, options);
  }

  /** For its rider, its driver, a service or a dispatcher. @throws {HexfleetError} BAD_STATE when it is over */
  cancelTrip(id: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.#changeTrip(id, { state: 'cancelled' }, options);
  }

  /** For the driver that is asked. @throws {HexfleetError} OFFER_OVER when it answers too late */
  acceptOffer(tripId: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.#changeTrip(tripId, { state: 'accepted' }, options);
  }

  /** For the driver that is asked: the next one is, at once. */
  async declineOffer(tripId: string, options: ChangeOptions = {}): Promise<void> {
    await this.#changeTrip(tripId, { state: 'requested' }, options);
  }

  /**
   * For a service or a dispatcher: gives a trip without a driver to this one, which is not asked.
   * @throws {HexfleetError} DRIVER_ON_TRIP; BAD_STATE when another has it
   */
  assignTrip(id: string, driverId: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.#changeTrip(id, { state: 'accepted', driverId }, options);
  }

  /** The open trip of a rider or a driver, of a driver also the one it is asked to take; for dispatch all, 1,000 at most. */
  async openTrips(options: Abortable = {}): Promise<Trip[]> {
    return (await this.#send<{ trips: Trip[] }>('GET', '/api/trips', undefined, options)).trips;
  }

  /** A trip as it is now, for its parties, a service or a dispatcher. */
  trip(id: string, options: Abortable = {}): Promise<Trip> {
    return this.#send('GET', `/api/trips/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Nearest first, for a service or a dispatcher. */
  async nearbyDrivers(query: NearbyQuery, options: Abortable = {}): Promise<NearbyDriver[]> {
    const path = `/api/nearby?${search(query)}`;
    return (await this.#send<{ drivers: NearbyDriver[] }>('GET', path, undefined, options)).drivers;
  }

  /** Nearest first, without identities, for a rider. */
  async nearbyCars(query: NearbyQuery, options: Abortable = {}): Promise<NearbyCar[]> {
    const path = `/api/nearby?${search(query)}`;
    return (await this.#send<{ cars: NearbyCar[] }>('GET', path, undefined, options)).cars;
  }

  /** Status, position and counts of a driver, for a service or a dispatcher. */
  driver(id: string, options: Abortable = {}): Promise<DriverState> {
    return this.#send('GET', `/api/drivers/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Where a driver drove; the last hour, or the whole trip, unless told otherwise. */
  track(driverId: string, query: TrackQuery = {}, options: Abortable = {}): Promise<Track> {
    const path = `/api/drivers/${encodeURIComponent(driverId)}/track?${search(query)}`;
    return this.#send('GET', path, undefined, options);
  }

  /**
   * Where the vehicles of an area were, the last hour unless told otherwise; for a service or a dispatcher.
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

  /** Who a user is connected as, and where; for a service or a dispatcher. */
  presence(userId: string, options: Abortable = {}): Promise<Presence> {
    return this.#send('GET', `/api/users/${encodeURIComponent(userId)}/presence`, undefined, options);
  }

  /** Ends all connections of a user; for a service or a dispatcher. @returns how many were known of */
  async disconnectUser(userId: string, options: Abortable = {}): Promise<number> {
    const path = `/api/users/${encodeURIComponent(userId)}/connections`;
    return (await this.#send<Disconnected>('DELETE', path, undefined, options)).connections;
  }

  /** The living processes of the installation, for a service or a dispatcher. */
  async nodes(options: Abortable = {}): Promise<NodeState[]> {
    return (await this.#send<{ nodes: NodeState[] }>('GET', '/api/nodes', undefined, options)).nodes;
  }

  /**
   * Tells a rider or a driver something, in its feed; for a service or a dispatcher.
   * @throws {HexfleetError} BAD_TEXT over 500 characters, EMPTY_TEXT
   */
  async sendNotice(userId: string, notice: NoticeRequest, options: ChangeOptions = {}): Promise<void> {
    await this.#change('POST', `/api/users/${encodeURIComponent(userId)}/notices`, notice, options);
  }

  /**
   * Takes a driver out of the fleet, whose app is told; for a service or a dispatcher.
   * @throws {HexfleetError} DRIVER_ON_TRIP
   */
  async forceOffline(driverId: string, options: Abortable = {}): Promise<void> {
    await this.#send('POST', `/api/drivers/${encodeURIComponent(driverId)}/offline`, {}, options);
  }

  /** What was done by hand, the newest first; for a service or a dispatcher. */
  async audit(query: AuditPage = {}, options: Abortable = {}): Promise<AuditEntry[]> {
    const path = `/api/audit?${search(query)}`;
    return (await this.#send<{ entries: AuditEntry[] }>('GET', path, undefined, options)).entries;
  }

  /**
   * Tells dispatch that something happened; tried again until it is told.
   * @throws {HexfleetError} BAD_TEXT, NO_SUCH_TRIP, NOT_YOUR_TRIP; RATE_LIMITED after twenty in an hour
   */
  reportIncident(report: IncidentReport, options: ChangeOptions = {}): Promise<Incident> {
    return this.#change('POST', '/api/incidents', report, options);
  }

  /** How a trip went, once it is over. */
  summary(id: string, options: Abortable = {}): Promise<TripSummary> {
    return this.#send('GET', `/api/trips/${encodeURIComponent(id)}/summary`, undefined, options);
  }

  /** A link for anyone to follow an open trip; `ttlS` from 60 to 86400, four hours unless told otherwise. */
  shareTrip(id: string, request: { ttlS?: number } = {}, options: Abortable = {}): Promise<ShareLink> {
    return this.#send('POST', `/api/trips/${encodeURIComponent(id)}/share`, request, options);
  }

  /** Takes back one link of a trip, or all of them. */
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

/** A token of the demo; a service in production has no such route. */
export async function devToken(role: Role, sub: string, url = '', options: Abortable = {}): Promise<string> {
  return (await request<{ token: string }>(`${url}/api/dev/tokens`, 'POST', { role, sub }, options)).token;
}

const search = (query: NearbyQuery | TrackQuery | AuditPage | { bbox: string }): string =>
  new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
