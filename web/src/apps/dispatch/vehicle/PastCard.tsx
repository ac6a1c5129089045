import { useStore } from '@nanostores/react';
import { X } from 'lucide-react';
import { nameOf } from '../../../shared/live/city-places.js';
import { age, speedText } from '../../../shared/ui/format.js';
import { StatusMark } from '../list/StatusMark.js';
import type { Replay } from '../replay/history.js';
import { rowsAt } from '../replay/past.js';
import { TEXTS as REPLAY } from '../replay/texts.js';
import type { BoardSession } from '../session.js';
import { STATE_NAMES, TEXTS, TRIP_STATE_NAMES } from '../texts.js';

const T = TEXTS.card;

/** Details of the selected vehicle or trip at the moment of a replay. */
export function PastCard({ session, replay }: { session: BoardSession; replay: Replay }) {
  useStore(session.$selection);
  const trip = session.shownTrip();
  const driverId = session.selectedDriver() ?? trip?.driverId ?? null;
  const row = driverId === null ? undefined : rowsAt(replay).find(({ id }) => id === driverId);
  if (driverId === null && trip === null)
    return <p className="side-note side-part">{REPLAY.nothingSelected}</p>;
  const name = driverId ?? trip?.riderId ?? '';
  return (
    <section className="vehicle-card" aria-label={name} data-past={replay.at}>
      <header>
        {row !== undefined && <StatusMark state={row.state} />}
        <h2>{name}</h2>
        {driverId !== null && (
          <span className="chip">{row === undefined ? T.noSignal : STATE_NAMES[row.state]}</span>
        )}
        <button
          type="button"
          className="icon-button"
          aria-label={T.close}
          onClick={() => session.$selection.set(null)}
        >
          <X size={18} aria-hidden />
        </button>
      </header>
      {row !== undefined && (
        <p className="card-line">
          {[
            speedText(row.speedMps),
            `${T.heading} ${Math.round(row.heading)}°`,
            `${T.lastUpdate} ${T.ago(age(row.ageMs))}`,
          ].join(' · ')}
        </p>
      )}
      {trip === null ? (
        <p className="card-line">{REPLAY.noTrip}</p>
      ) : (
        <div className="card-trip" data-trip={trip.id}>
          <p>
            <strong>{TRIP_STATE_NAMES[trip.state]}</strong> <span>{`· ${T.rider} ${trip.riderId}`}</span>
          </p>
          <p>{`${nameOf(trip.pickup)} → ${nameOf(trip.dropoff)}`}</p>
        </div>
      )}
    </section>
  );
}
