import { X } from 'lucide-react';
import { useState } from 'react';
import type { Trip } from '#protocol';
import { isOpen } from '#protocol';
import { nameOf } from '../../shared/live/city-places.js';
import { isArrivingAt } from '../../shared/live/figures.js';
import { CancelDialog } from '../../shared/phone/CancelDialog.js';
import { ChatButton } from '../../shared/phone/ChatButton.js';
import type { ChatPanelState } from '../../shared/phone/chat-panel.js';
import TripFigures from '../../shared/phone/TripFigures.js';
import { TEXTS as PHONE_TEXTS } from '../../shared/phone/texts.js';
import { distanceText, duration, quantityText, remaining } from '../../shared/ui/format.js';
import { TEXTS as UI_TEXTS } from '../../shared/ui/texts.js';
import { Details } from './Details.js';
import { Navigate } from './Navigate.js';
import type { DriverSession } from './session.js';
import type { DriverState } from './state.js';
import { TripStep } from './TripStep.js';
import { PINS, STATES, TEXTS } from './texts.js';

type Props = {
  session: DriverSession;
  state: DriverState;
  trip: Trip;
  /** epoch ms by the service's clock */
  now: number;
  chat: ChatPanelState;
};

/** A trip from its acceptance to its end, with a slider for the next step. */
export function OnTrip({ session, state, trip, now, chat }: Props) {
  const [asking, setAsking] = useState<'cancel' | 'no_show' | null>(null);
  const { title } = STATES[trip.state];
  const target = trip.state === 'on_trip' ? 'dropoff' : 'pickup';
  if (!isOpen(trip.state)) return <Ended session={session} state={state} title={title} />;
  return (
    <>
      <div className="sheet-head">
        <h1>
          <span role="status">{title}</span>
        </h1>
      </div>
      <Progress state={state} trip={trip} now={now} />
      <p className="journey journey-one">
        <span data-kind={target}>
          <span className="sr-only">{`${PINS[target]}: `}</span>
          <span>{nameOf(trip[target])}</span>
        </span>
      </p>
      {asking === null && <TripStep session={session} state={state} trip={trip} />}
      {trip.state === 'arrived' && asking === null && (
        <Waiting trip={trip} now={now} isBusy={state.isBusy} onNoShow={() => setAsking('no_show')} />
      )}
      {asking !== null ? (
        <CancelDialog
          question={asking === 'cancel' ? TEXTS.cancelQuestion : TEXTS.noShowQuestion}
          isBusy={state.isBusy}
          onKeep={() => setAsking(null)}
          onCancel={() => void (asking === 'cancel' ? session.step('cancelled') : session.reportNoShow())}
        />
      ) : (
        <div className="actions">
          {trip.state !== 'arrived' && <Navigate to={trip[target]} />}
          <ChatButton chat={chat} />
          <button type="button" className="action" onClick={() => setAsking('cancel')}>
            <X size={20} aria-hidden />
            {PHONE_TEXTS.cancel}
          </button>
        </div>
      )}
      <Details session={session} state={state} />
    </>
  );
}

type WaitingProps = { trip: Trip; now: number; isBusy: boolean; onNoShow: () => void };

/** Waiting time at the pick-up, and the option to leave after a limit. */
function Waiting({ trip: { times, noShowAt }, now, isBusy, onNoShow }: WaitingProps) {
  const leftMs = (noShowAt ?? 0) - now;
  return (
    <div className="waiting">
      <p>
        <strong>{TEXTS.waiting(duration(now - (times.arrived ?? now)))}</strong>
        {noShowAt !== undefined && leftMs > 0 && (
          <span className="note-hint">{TEXTS.noShowIn(duration(leftMs))}</span>
        )}
      </p>
      {noShowAt !== undefined && leftMs <= 0 && (
        <button type="button" className="button" disabled={isBusy} onClick={onNoShow}>
          {TEXTS.noShow}
        </button>
      )}
    </div>
  );
}

function Progress({ state: { eta, presence, fix }, trip, now }: Pick<Props, 'state' | 'trip' | 'now'>) {
  if (trip.state === 'arrived' || eta === null) {
    const presenceText = presence?.online === false ? TEXTS.riderOffline : TEXTS.riderOnline;
    return (
      <p className="progress">
        <span>{`${trip.riderId} · ${trip.state === 'arrived' ? presenceText : TEXTS.estimating}`}</span>
      </p>
    );
  }
  const isArriving = isArrivingAt(eta, fix, trip[eta.to]);
  return (
    <p className="progress">
      <strong>{isArriving ? UI_TEXTS.arrivingNow : quantityText(remaining(eta.at - now))}</strong>
      <span>{`${distanceText(eta.distanceM)} · ${trip.riderId}`}</span>
    </p>
  );
}

function Ended({ session, state, title }: { session: DriverSession; state: DriverState; title: string }) {
  return (
    <>
      <div className="sheet-head">
        <h1>
          <span role="status">{title}</span>
        </h1>
      </div>
      <p className="sheet-hint">{state.isOnline ? TEXTS.onlineHint : TEXTS.offlineHint}</p>
      {state.trip?.state === 'completed' && <TripFigures summary={state.summary} party="driver" />}
      <button
        type="button"
        className="button button-primary button-wide"
        onClick={() => session.dismissTrip()}
      >
        {state.isOnline ? TEXTS.next : TEXTS.close}
      </button>
    </>
  );
}
