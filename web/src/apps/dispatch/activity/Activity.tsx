import { useStore } from '@nanostores/react';
import { CarFront, MapPin, Megaphone, MegaphoneOff, OctagonAlert, TrendingUp, X } from 'lucide-react';
import { useState } from 'react';
import type { Reached, RegionalAlert, RegionEvent } from '#sdk';
import { age } from '../../../shared/ui/format.js';
import { useNow } from '../../../shared/ui/hooks.js';
import { WithdrawDialog } from '../actions/WithdrawDialog.js';
import type { BoardSession, Selection } from '../session.js';
import { eventText, reachedText, TEXTS } from './texts.js';

const ICONS = {
  incident: OctagonAlert,
  alert: CarFront,
  surge: TrendingUp,
  'area:alert': Megaphone,
  'area:withdrawn': MegaphoneOff,
  'zone:entered': MapPin,
  'zone:left': MapPin,
  'zone:dwelled': MapPin,
};

const NOBODY: Reached = { riders: 0, drivers: 0, dispatchers: 0 };

/** Events of the regions in view, newest first. */
export function Activity({ session }: { session: BoardSession }) {
  const entries = useStore(session.activity.$entries);
  const missed = useStore(session.activity.$missed);
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
      {entries.length === 0 && <p className="side-note">{TEXTS.none}</p>}
      <ol aria-live="polite">
        {entries.map((entry) => (
          <li key={`${entry.payload.region} ${entry.event} ${entry.id}`}>
            <ActivityRow session={session} entry={entry} now={now} />
            {entry.event === 'area:alert' && entry.payload.expiresAt > now && (
              <WithdrawButton session={session} alert={entry.payload} />
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function ActivityRow({ session, entry, now }: { session: BoardSession; entry: RegionEvent; now: number }) {
  const Icon = ICONS[entry.event];
  const selection = selectionOf(entry);
  const reached = useStore(session.activity.$reached);
  const content = (
    <>
      <Icon size={16} aria-hidden />
      <span>
        <span>{eventText(entry)}</span>
        {entry.event === 'area:alert' && (
          <span className="reached">{reachedText(reached.get(entry.payload.id) ?? NOBODY)}</span>
        )}
      </span>
      <time dateTime={new Date(entry.payload.at).toISOString()}>{age(now - entry.payload.at)}</time>
    </>
  );
  if (selection === null) return <p className="side-row">{content}</p>;
  return (
    <button type="button" className="side-row" onClick={() => session.$selection.set(selection)}>
      {content}
    </button>
  );
}

function WithdrawButton({ session, alert }: { session: BoardSession; alert: RegionalAlert }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <button type="button" className="button withdraw" onClick={() => setAsking(true)}>
        <X size={14} aria-hidden />
        <span>{TEXTS.withdraw}</span>
      </button>
      {isAsking && <WithdrawDialog session={session} alert={alert} onClose={() => setAsking(false)} />}
    </>
  );
}

/** Returns the trip that an event is about, or else the driver that it concerns or who reported it. */
function selectionOf({ payload }: RegionEvent): Selection | null {
  if ('driverId' in payload && payload.driverId !== null && !('tripId' in payload && payload.tripId !== null))
    return { kind: 'driver', id: payload.driverId };
  if ('tripId' in payload && payload.tripId != null) return { kind: 'trip', id: payload.tripId };
  return 'by' in payload && payload.by.role === 'driver' ? { kind: 'driver', id: payload.by.userId } : null;
}
