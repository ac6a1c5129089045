import { useEffect, useState } from 'react';
import type { Trip } from '#protocol';
import { downloadTrips } from '../list/csv.js';
import type { BoardSession } from '../session.js';
import { TripRows } from './TripRows.js';
import { TEXTS } from './texts.js';

const PAGE = 60;
const SETTLE_MS = 250;

type Loaded = { trips: readonly Trip[]; next: number | null };

/** Trips of the last week that have ended, the last one first, searched by the service. */
export function EndedTrips({ session }: { session: BoardSession }) {
  const [text, setText] = useState('');
  const [loaded, setLoaded] = useState<Loaded | 'loading' | 'failed'>('loading');
  useEffect(() => {
    let isCurrent = true;
    const load = () =>
      session.client.tripHistory({ text, limit: PAGE }).then(
        (page) => isCurrent && setLoaded(page),
        () => isCurrent && setLoaded('failed'),
      );
    const timer = setTimeout(load, SETTLE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [session, text]);
  const known = typeof loaded === 'string' ? null : loaded;
  const loadMore = async () => {
    if (known === null || known.next === null) return;
    const page = await session.client
      .tripHistory({ text, limit: PAGE, before: known.next })
      .catch(() => null);
    if (page === null) setLoaded('failed');
    else setLoaded({ trips: [...known.trips, ...page.trips], next: page.next });
  };
  return (
    <>
      <header>
        <h2>{TEXTS.endedTrips}</h2>
        {known !== null && known.trips.length > 0 && (
          <button type="button" className="link" onClick={() => downloadTrips(known.trips)}>
            {TEXTS.csv}
          </button>
        )}
      </header>
      <label className="trip-search">
        <span className="sr-only">{TEXTS.search}</span>
        <input
          type="search"
          placeholder={TEXTS.search}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      {loaded === 'loading' && <p className="side-note">{TEXTS.loading}</p>}
      {loaded === 'failed' && (
        <p className="side-note" role="alert">
          {TEXTS.failed}
        </p>
      )}
      {known !== null && known.trips.length === 0 && known.next === null && (
        <p className="side-note">{TEXTS.noneEnded}</p>
      )}
      {known !== null && <TripRows session={session} trips={known.trips} now={session.fleet.now()} />}
      {known !== null && known.next !== null && (
        <button type="button" className="button" onClick={() => void loadMore()}>
          {TEXTS.older}
        </button>
      )}
    </>
  );
}
