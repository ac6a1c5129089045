import { useStore } from '@nanostores/react';
import { isOpen, type Trip } from '#protocol';
import { nameOf } from '../../../shared/live/city-places.js';
import { age, timeFormat } from '../../../shared/ui/format.js';
import type { BoardSession } from '../session.js';
import { TRIP_STATE_NAMES } from '../texts.js';
import { TEXTS } from './texts.js';

const day = timeFormat({ dateStyle: 'short', timeStyle: 'short' });

/** Rows of trips, each of which selects its trip. */
export function TripRows({
  session,
  trips,
  now,
}: {
  session: BoardSession;
  trips: readonly Trip[];
  now: number;
}) {
  const selection = useStore(session.$selection);
  return (
    <ul>
      {trips.map((trip) => (
        <li key={trip.id}>
          <button
            type="button"
            className="side-row"
            aria-pressed={selection?.kind === 'trip' && selection.id === trip.id}
            data-trip={trip.id}
            onClick={() => session.$selection.set({ kind: 'trip', id: trip.id })}
          >
            <TripSummary trip={trip} now={now} />
          </button>
        </li>
      ))}
    </ul>
  );
}

const TripSummary = ({ trip, now }: { trip: Trip; now: number }) => (
  <>
    <span className="trip-state" data-state={trip.state}>
      {TRIP_STATE_NAMES[trip.state]}
    </span>
    <span className="trip-parties">
      <span>{nameOf(trip.pickup)}</span>
      <small>{trip.driverId ?? TEXTS.noDriver}</small>
    </span>
    <time dateTime={new Date(trip.createdAt).toISOString()}>
      {isOpen(trip.state) ? age(now - trip.createdAt) : day.format(trip.changedAt)}
    </time>
  </>
);
