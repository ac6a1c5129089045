import type { Redis } from 'ioredis';
import { isOpen, mayFollow, type Trip, type TripState } from '#protocol';

/** All trips as they are kept, read at one moment. */
const READ_TRIPS = `
  local trips = {}
  for _, key in ipairs(redis.call('KEYS', 'trip:*')) do trips[#trips + 1] = redis.call('HGET', key, 'trip') end
  return trips
`;

export async function keptTrips(redis: Redis): Promise<Trip[]> {
  const trips = (await redis.eval(READ_TRIPS, 0)) as string[];
  return trips.map((trip) => JSON.parse(trip));
}

/** Drivers that have more than one open trip at the moment at which these trips were read. */
export function doublyHeld(trips: Trip[]): string[] {
  const open = trips.filter(({ state }) => isOpen(state));
  const drivers = open.flatMap(({ driverId }) => driverId ?? []);
  return drivers.filter((driverId, i) => drivers.indexOf(driverId) !== i);
}

/** Trips of one driver that overlap in time, from when it accepted each to its end. */
export function overlaps(ended: Trip[]): string[] {
  const inOrder = ended.toSorted((a, b) => a.times.accepted! - b.times.accepted!);
  const freeAt = new Map<string | null, number>();
  return inOrder.flatMap(({ id, driverId, times, changedAt }) => {
    const isOverlap = times.accepted! < (freeAt.get(driverId) ?? 0);
    freeAt.set(driverId, changedAt);
    return isOverlap ? [`${driverId}: ${id}`] : [];
  });
}

const WAY: TripState[] = ['requested', 'offered', 'accepted', 'arriving', 'arrived', 'on_trip', 'completed'];

/** What is wrong with what somebody was told of one trip that was completed; null when nothing is. */
export function wrongWay(states: TripState[]): string | null {
  const isWhole = WAY.every((state) => states.includes(state));
  // A driver that was chosen and found to be held by another trip is not asked: the trip stays requested, and says so.
  const changes = states.filter((state, i) => state !== states[i - 1]);
  const isInOrder = changes.every((state, i) => i === 0 || mayFollow(changes[i - 1]!, state));
  return isWhole && isInOrder && states[0] === 'requested' ? null : states.join(' ');
}
