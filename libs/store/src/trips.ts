import { randomUUID } from 'node:crypto';
import { isOpen, Refusal, statesBefore, type Trip, type TripRequest, type TripState } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { withScripts } from './scripts.js';

const TRIP_TTL_S = 7 * 24 * 3_600;

export class Trips {
  readonly #redis: RedisClient;
  readonly #scripts: ReturnType<typeof withScripts>;

  constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#scripts = withScripts(redis);
  }

  /** Opens a trip with the driver already assigned. @throws {Refusal} DRIVER_ON_TRIP */
  async create(request: TripRequest, now: number): Promise<Trip> {
    const trip: Trip = { ...request, id: randomUUID(), state: 'accepted', createdAt: now, changedAt: now };
    const openTrip = keys.openTrip(request.driverId);
    // A crash at the end of a trip leaves a pointer to one that is over.
    const holder = await this.#redis.get(openTrip);
    if (holder !== null && (await this.openOf(request.driverId)) === null)
      await this.#release(request.driverId, holder);
    const key = keys.trip(trip.id);
    // The trip first: whoever finds the pointer must find the trip that it names.
    await this.#redis.hset(key, toHash(trip));
    await this.#redis.expire(key, TRIP_TTL_S);
    if ((await this.#redis.set(openTrip, trip.id, 'EX', TRIP_TTL_S, 'NX')) === null) {
      await this.#redis.del(key);
      throw new Refusal('DRIVER_ON_TRIP');
    }
    return trip;
  }

  /** @throws {Refusal} NO_SUCH_TRIP */
  async get(id: string): Promise<Trip> {
    const hash = await this.#redis.hgetall(keys.trip(id));
    if (hash.id === undefined) throw new Refusal('NO_SUCH_TRIP');
    return fromHash(hash);
  }

  /** @throws {Refusal} NO_SUCH_TRIP, or BAD_STATE with the state that the trip is in */
  async change(id: string, to: TripState, now: number): Promise<Trip> {
    const reply = (await this.#scripts.changeTrip(keys.trip(id), to, now, ...statesBefore(to))) as
      | [TripState, 0 | 1]
      | null;
    if (reply === null) throw new Refusal('NO_SUCH_TRIP');
    const [from, changed] = reply;
    // Asked again for the state it is in, it answers as the first time: the answer may have been lost.
    if (changed === 0 && from !== to) throw new Refusal('BAD_STATE', `it is ${from}`);
    const trip = await this.get(id);
    if (!isOpen(to)) await this.#release(trip.driverId, id);
    return trip;
  }

  /** The open trip of a driver. */
  async openOf(driverId: string): Promise<Trip | null> {
    const id = await this.#redis.get(keys.openTrip(driverId));
    const hash = id === null ? {} : await this.#redis.hgetall(keys.trip(id));
    if (hash.id === undefined) return null;
    const trip = fromHash(hash);
    return isOpen(trip.state) ? trip : null;
  }

  async #release(driverId: string, tripId: string): Promise<void> {
    await this.#scripts.release(keys.openTrip(driverId), tripId);
  }
}

const toHash = ({ pickup, dropoff, ...rest }: Trip) => ({
  ...rest,
  pickup: JSON.stringify(pickup),
  dropoff: JSON.stringify(dropoff),
});

const fromHash = (hash: Record<string, string>): Trip => ({
  id: hash.id!,
  state: hash.state as TripState,
  riderId: hash.riderId!,
  driverId: hash.driverId!,
  pickup: JSON.parse(hash.pickup!),
  dropoff: JSON.parse(hash.dropoff!),
  createdAt: Number(hash.createdAt),
  changedAt: Number(hash.changedAt),
});
