import { useStore } from '@nanostores/react';
import { nameOf } from '../../../shared/live/city-places.js';
import { age, speedText } from '../../../shared/ui/format.js';
import { StatusMark } from '../list/StatusMark.js';
import type { Replay } from '../replay/history.js';
import { rowsAt } from '../replay/past.js';
import { TEXTS as REPLAY } from '../replay/texts.js';
import { SideCard } from '../SideCard.js';
import type { BoardSession } from '../session.js';
import { STATE_NAMES, TEXTS } from '../texts.js';
import { CardTrip } from './CardTrip.js';

const T = TEXTS.card;

/** Details of the selected vehicle or trip at the moment of a replay. */
export function PastCard({ session, replay }: { session: BoardSession; replay: Replay }) {
  useStore(session.$selection);
  const trip = session.shownTrip();
  const driverId = session.selectedDriver() ?? trip?.driverId ?? null;
  const row = driverId === null ? undefined : rowsAt(replay).find(({ id }) => id === driverId);
  if (driverId === null && trip === null)
    return <p className="side-note side-part">{REPLAY.nothingSelected}</p>;
  const state = row === undefined ? T.noSignal : row.state && STATE_NAMES[row.state];
  const name = driverId ?? trip?.riderId ?? '';
  return (
    <SideCard
      className="vehicle-card"
      data-past={replay.at}
      title={name}
      mark={row !== undefined && <StatusMark state={row.state} />}
      chip={driverId !== null && state !== null && <span className="chip">{state}</span>}
      closeLabel={T.close}
      onClose={() => session.$selection.set(null)}
    >
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
        <CardTrip trip={trip}>
          <p>{`${nameOf(trip.pickup)} → ${nameOf(trip.dropoff)}`}</p>
        </CardTrip>
      )}
    </SideCard>
  );
}
