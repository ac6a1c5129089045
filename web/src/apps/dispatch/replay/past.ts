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

/** Vehicles at the moment of a replay. One without a known trip has no state: tracks do not say whether it was available. */
export function rowsAt(replay: Replay): Row[] {
  const tripOf = new Map(tripsAt(replay).map((trip) => [trip.driverId, trip]));
  return replay.histories.flatMap((history) => {
    const moment = positionAt(history, replay.at);
    if (moment === null) return [];
    const { ageMs, ...place } = moment;
    const { driverId: id } = history;
    const trip = tripOf.get(id);
    const t = replay.at - ageMs;
    return [
      {
        id,
        ...place,
        t,
        receivedAt: t,
        state: trip === undefined ? null : 'on_trip',
        tripId: trip?.id ?? null,
        riderId: trip?.riderId ?? null,
        ageMs,
        isStale: ageMs > STALE_MS,
      } satisfies Row,
    ];
  });
}
