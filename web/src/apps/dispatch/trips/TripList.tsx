import { useState } from 'react';
import type { Trip } from '#sdk';
import { nameOf } from '../../../shared/live/city-places.js';
import { age, count } from '../../../shared/ui/format.js';
import { useNow, useStore } from '../../../shared/ui/hooks.js';
import type { BoardSession } from '../session.js';

const TEXTS = {
  title: 'Open trips',
  none: 'No trip is open.',
  noDriver: 'no driver yet',
  more: (n: number) => `Show ${count(n)} more`,
};
/** Who waits longest comes first, then what is under way. */
const RANK: Record<string, number> = {
  requested: 0,
  offered: 0,
  arrived: 1,
  accepted: 2,
  arriving: 2,
  on_trip: 3,
};
/** And so many more with each press. */
const SHOWN = 60;

export function TripList({ session }: { session: BoardSession }) {
  const trips = useStore(session.trips);
  const selection = useStore(session.selection);
  const [shown, setShown] = useState(SHOWN);
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
              className="side-line"
              aria-pressed={selection?.kind === 'trip' && selection.id === trip.id}
              data-trip={trip.id}
              onClick={() => session.selection.set({ kind: 'trip', id: trip.id })}
            >
              <Words trip={trip} now={now} />
            </button>
          </li>
        ))}
        {open.length > shown && (
          <li>
            <button type="button" className="button" onClick={() => setShown(shown + SHOWN)}>
              {TEXTS.more(open.length - shown)}
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}

const Words = ({ trip, now }: { trip: Trip; now: number }) => (
  <>
    <span className="trip-state" data-state={trip.state}>
      {trip.state.replace('_', ' ')}
    </span>
    <span>
      {nameOf(trip.pickup)} · {trip.driverId ?? TEXTS.noDriver}
    </span>
    <time dateTime={new Date(trip.createdAt).toISOString()}>{age(now - trip.createdAt)}</time>
  </>
);
