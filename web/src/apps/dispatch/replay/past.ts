import type { Trip } from '#protocol';
import type { Row } from '../row.js';
import { positionAt, type Replay, tripStateAt } from './history.js';

/** Age of a position from which a vehicle had no signal then. */
const STALE_MS = 12_000;

/** Open trips at the moment of a replay, in their states then. */
export function tripsAt({ trips, at }: Replay): Trip[] {
  return trips.flatMap((trip) => {
    const state = tripStateAt(trip, at);
    if (state === null) return [];
    const isAssigned = (trip.times.accepted ?? Number.POSITIVE_INFINITY) <= at;
    return [{ ...trip, state, driverId: isAssigned ? trip.driverId : null, eta: null, offer: null }];
  });
}

/** Vehicles at the moment of a replay. Whether one was free follows from its trips: tracks have no status. */
export function rowsAt(replay: Replay): Row[] {
  const tripOf = new Map(tripsAt(replay).map(({ id, driverId }) => [driverId, id]));
  return replay.histories.flatMap((history) => {
    const moment = positionAt(history, replay.at);
    if (moment === null) return [];
    const { ageMs, ...place } = moment;
    const { driverId: id } = history;
    const tripId = tripOf.get(id) ?? null;
    const t = replay.at - ageMs;
    const state = tripId === null ? 'available' : 'on_trip';
    return [
      { id, ...place, t, receivedAt: t, state, tripId, ageMs, isStale: ageMs > STALE_MS } satisfies Row,
    ];
  });
}
