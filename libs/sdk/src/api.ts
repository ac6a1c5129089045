import type {
  Disconnected,
  DriverState,
  Failure,
  NearbyCar,
  NearbyDriver,
  NodeState,
  Presence,
  Role,
  Track,
  Trip,
  TripRequest,
  TripState,
} from '#protocol';
import type { TokenSource } from './connection.js';
import { HexfleetError, unavailable } from './errors.js';

type NearbyQuery = { lat: number; lng: number; radiusM: number; limit?: number };
/** epoch ms; a rider must name a trip of its own, and gets the track within its time */
type TrackQuery = { from?: number; to?: number; tripId?: string };

/** The REST part of the service. Every method throws {@link HexfleetError} on a refusal. */
export class Api {
  readonly #url: string;
  readonly #token: TokenSource;

  constructor({ url = '', token }: { url?: string; token: TokenSource }) {
    this.#url = url;
    this.#token = token;
  }

  createTrip(trip: TripRequest): Promise<Trip> {
    return this.#send('POST', '/api/trips', trip);
  }

  changeTrip(id: string, state: TripState): Promise<Trip> {
    return this.#send('PATCH', `/api/trips/${encodeURIComponent(id)}`, { state });
  }

  trip(id: string): Promise<Trip> {
    return this.#send('GET', `/api/trips/${encodeURIComponent(id)}`);
  }

  /** For a service or a dispatcher. */
  async nearbyDrivers(query: NearbyQuery): Promise<NearbyDriver[]> {
    return (await this.#send<{ drivers: NearbyDriver[] }>('GET', `/api/nearby?${search(query)}`)).drivers;
  }

  /** For a rider. */
  async nearbyCars(query: NearbyQuery): Promise<NearbyCar[]> {
    return (await this.#send<{ cars: NearbyCar[] }>('GET', `/api/nearby?${search(query)}`)).cars;
  }

  driver(id: string): Promise<DriverState> {
    return this.#send('GET', `/api/drivers/${encodeURIComponent(id)}`);
  }

  /** Where a driver drove; the last hour, or the whole trip, unless told otherwise. */
  track(driverId: string, query: TrackQuery = {}): Promise<Track> {
    return this.#send('GET', `/api/drivers/${encodeURIComponent(driverId)}/track?${search(query)}`);
  }

  /** For a service or a dispatcher. */
  presence(userId: string): Promise<Presence> {
    return this.#send('GET', `/api/users/${encodeURIComponent(userId)}/presence`);
  }

  /** Ends all connections of a user; for a service or a dispatcher. @returns how many were known of */
  async disconnectUser(userId: string): Promise<number> {
    const path = `/api/users/${encodeURIComponent(userId)}/connections`;
    return (await this.#send<Disconnected>('DELETE', path)).connections;
  }

  async nodes(): Promise<NodeState[]> {
    return (await this.#send<{ nodes: NodeState[] }>('GET', '/api/nodes')).nodes;
  }

  async #send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const token = typeof this.#token === 'string' ? this.#token : await this.#token();
    return send(`${this.#url}${path}`, method, body, { authorization: `Bearer ${token}` });
  }
}

/** A token of the demo; a service in production has no such route. */
export async function devToken(role: Role, sub: string, url = ''): Promise<string> {
  return (await send<{ token: string }>(`${url}/api/dev/tokens`, 'POST', { role, sub })).token;
}

async function send<T>(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const init: RequestInit = { method, headers: { ...headers, 'content-type': 'application/json' } };
  if (body !== undefined) init.body = JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    throw unavailable(`${method} ${url}: ${(error as Error).message}`);
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  throw isFailure(answer)
    ? new HexfleetError(answer)
    : unavailable(`${method} ${url} answered ${response.status}`);
}

const isFailure = (answer: unknown): answer is Failure =>
  typeof answer === 'object' && answer !== null && 'code' in answer;

const search = (query: NearbyQuery | TrackQuery): string =>
  new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
