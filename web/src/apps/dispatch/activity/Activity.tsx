import { CarFront, OctagonAlert, TrendingUp } from 'lucide-react';
import type { RegionEvent } from '#sdk';
import { age } from '../../../shared/ui/format.js';
import { useNow, useStore } from '../../../shared/ui/hooks.js';
import type { BoardSession, Selection } from '../session.js';
import { TEXTS, wordsOf } from './texts.js';

const ICONS = { incident: OctagonAlert, alert: CarFront, surge: TrendingUp };

/** What happened in the regions in view, the newest first. */
export function Activity({ session }: { session: BoardSession }) {
  const entries = useStore(session.news.entries);
  const missed = useStore(session.news.missed);
  useNow(5_000);
  const now = session.fleet.now();
  return (
    <section className="side-part activity" aria-labelledby="activity-title">
      <h2 id="activity-title">{TEXTS.activity}</h2>
      {missed.length > 0 && (
        <p className="side-note" role="status">
          {TEXTS.missed}
        </p>
      )}
      {entries.length === 0 && <p className="side-note">{TEXTS.quiet}</p>}
      <ol aria-live="polite">
        {entries.map((entry) => (
          <li key={`${entry.payload.region} ${entry.id}`}>
            <Line session={session} entry={entry} now={now} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Line({ session, entry, now }: { session: BoardSession; entry: RegionEvent; now: number }) {
  const Icon = ICONS[entry.event];
  const selection = selectionOf(entry);
  const inside = (
    <>
      <Icon size={16} aria-hidden />
      <span>{wordsOf(entry)}</span>
      <time dateTime={new Date(entry.payload.at).toISOString()}>{age(now - entry.payload.at)}</time>
    </>
  );
  if (selection === null) return <p className="side-line">{inside}</p>;
  return (
    <button type="button" className="side-line" onClick={() => session.selection.set(selection)}>
      {inside}
    </button>
  );
}

/** Of what it tells: a trip, or the driver that reported it. */
function selectionOf({ payload }: RegionEvent): Selection | null {
  if ('tripId' in payload && payload.tripId !== undefined) return { kind: 'trip', id: payload.tripId };
  return 'by' in payload && payload.by.role === 'driver' ? { kind: 'driver', id: payload.by.userId } : null;
}
