import { useStore } from '@nanostores/react';
import { useState } from 'react';
import type { Trip } from '#sdk';
import { nameOf } from '../../../shared/live/city-places.js';
import { age } from '../../../shared/ui/format.js';
import { useNow } from '../../../shared/ui/hooks.js';
import type { BoardSession } from '../session.js';
import { TRIP_STATE_NAMES } from '../texts.js';
import { TEXTS } from './texts.js';

/** Riders who still wait for a driver come first. */
const RANK: Record<string, number> = {
  requested: 0,
  offered: 0,
  arrived: 1,
  accepted: 2,
  arriving: 2,
  on_trip: 3,
};
/** Trips shown at first, and added with each press of the button. */
const PAGE = 60;

/** List of open trips; the longest waiting come first. */
export function TripList({ session }: { session: BoardSession }) {
  const trips = useStore(session.$trips);
  const selection = useStore(session.$selection);
  const [shown, setShown] = useState(PAGE);
  useNow(5_000);
  const now = session.fleet.now();
  const open = [...trips.values()].sort(
    (a, b) => (RANK[a.state] ?? 9) - (RANK[b.state] ?? 9) || a.createdAt - b.createdAt,
  );
  return (
    <section className="side-part trips" aria-labelledby="trips-title">
      <h2 id="trips-title">
        {TEXTS.title} <span className="figure">{open.length}</span>
      </h2>
      {open.length === 0 && <p className="side-note">{TEXTS.none}</p>}
      <ul>
        {open.slice(0, shown).map((trip) => (
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
        {open.length > shown && (
          <li>
            <button type="button" className="button" onClick={() => setShown(shown + PAGE)}>
              {TEXTS.more(open.length - shown)}
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}

const TripSummary = ({ trip, now }: { trip: Trip; now: number }) => (
  <>
    <span className="trip-state" data-state={trip.state}>
      {TRIP_STATE_NAMES[trip.state]}
    </span>
    <span>{`${nameOf(trip.pickup)} · ${trip.driverId ?? TEXTS.noDriver}`}</span>
    <time dateTime={new Date(trip.createdAt).toISOString()}>{age(now - trip.createdAt)}</time>
  </>
);
