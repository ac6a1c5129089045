import { useStore } from '@nanostores/react';
import { useState } from 'react';
import { count } from '../../../shared/ui/format.js';
import { useNow } from '../../../shared/ui/hooks.js';
import { downloadTrips } from '../list/csv.js';
import { tripsAt } from '../replay/past.js';
import type { BoardSession } from '../session.js';
import { EndedTrips } from './EndedTrips.js';
import { TripRows } from './TripRows.js';
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

/** Open trips, the longest waiting first, or those of the last week that have ended. */
export function TripList({ session }: { session: BoardSession }) {
  const replay = useStore(session.$replay);
  const [showsEnded, setShowsEnded] = useState(false);
  const isEnded = showsEnded && replay === null;
  return (
    <section className="side-part trips" aria-label={TEXTS.title}>
      {replay === null && (
        <fieldset className="segments">
          <legend className="sr-only">{TEXTS.title}</legend>
          {[false, true].map((ended) => (
            <label key={String(ended)}>
              <input
                type="radio"
                name="trips"
                checked={ended === showsEnded}
                onChange={() => setShowsEnded(ended)}
              />
              <span className="segment">{ended ? TEXTS.ended : TEXTS.open}</span>
            </label>
          ))}
        </fieldset>
      )}
      {isEnded ? <EndedTrips session={session} /> : <OpenTrips session={session} />}
    </section>
  );
}

function OpenTrips({ session }: { session: BoardSession }) {
  const replay = useStore(session.$replay);
  const live = useStore(session.$trips);
  const [shown, setShown] = useState(PAGE);
  useNow(5_000);
  const now = replay?.at ?? session.fleet.now();
  const open = (replay === null ? [...live.values()] : tripsAt(replay)).sort(
    (a, b) => (RANK[a.state] ?? 9) - (RANK[b.state] ?? 9) || a.createdAt - b.createdAt,
  );
  return (
    <>
      <header>
        <h2>
          {TEXTS.openTrips} <span className="figure">{count(open.length)}</span>
        </h2>
        {open.length > 0 && (
          <button type="button" className="link" onClick={() => downloadTrips(open)}>
            {TEXTS.csv}
          </button>
        )}
      </header>
      {open.length === 0 && <p className="side-note">{replay === null ? TEXTS.none : TEXTS.noneThen}</p>}
      <TripRows session={session} trips={open.slice(0, shown)} now={now} />
      {open.length > shown && (
        <button type="button" className="button" onClick={() => setShown(shown + PAGE)}>
          {TEXTS.more(open.length - shown)}
        </button>
      )}
    </>
  );
}
