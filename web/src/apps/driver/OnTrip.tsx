import { X } from 'lucide-react';
import { useState } from 'react';
import type { Trip } from '#protocol';
import { isOpen } from '#protocol';
import { nameOf } from '../../shared/live/city-places.js';
import { remaining } from '../../shared/live/figures.js';
import { CancelDialog } from '../../shared/phone/CancelDialog.js';
import { ChatButton } from '../../shared/phone/ChatButton.js';
import type { ChatPanelState } from '../../shared/phone/chat-panel.js';
import { TEXTS as PHONE_TEXTS } from '../../shared/phone/texts.js';
import { distanceText } from '../../shared/ui/format.js';
import { Facts } from './Shift.js';
import type { DriverSession } from './session.js';
import type { DriverState } from './state.js';
import { PINS, STATES, TEXTS } from './texts.js';

type Props = {
  session: DriverSession;
  state: DriverState;
  trip: Trip;
  /** epoch ms by the service's clock */
  now: number;
  chat: ChatPanelState;
};

/** A trip from its acceptance to its end, with one large button for the next step. */
export function OnTrip({ session, state, trip, now, chat }: Props) {
  const [isCancelling, setCancelling] = useState(false);
  const { title, next } = STATES[trip.state];
  const target = trip.state === 'on_trip' ? 'dropoff' : 'pickup';
  if (!isOpen(trip.state)) return <Ended session={session} state={state} title={title} />;
  return (
    <>
      <div className="sheet-head">
        <h1 role="status">{title}</h1>
      </div>
      <Progress state={state} trip={trip} now={now} />
      <p className="journey journey-one">
        <span data-kind={target}>
          <span className="sr-only">{`${PINS[target]}: `}</span>
          <span>{nameOf(trip[target])}</span>
        </span>
      </p>
      {next !== null && !isCancelling && (
        <button
          type="button"
          className="button button-go button-wide step-button"
          disabled={state.isBusy}
          onClick={() => void session.step(next.step)}
        >
          {next.label}
        </button>
      )}
      {isCancelling ? (
        <CancelDialog
          question={TEXTS.cancelQuestion}
          isBusy={state.isBusy}
          onKeep={() => setCancelling(false)}
          onCancel={() => void session.step('cancelled')}
        />
      ) : (
        <div className="actions">
          <ChatButton chat={chat} />
          <button type="button" className="action" onClick={() => setCancelling(true)}>
            <X size={20} aria-hidden />
            {PHONE_TEXTS.cancel}
          </button>
        </div>
      )}
      <Facts session={session} state={state} />
    </>
  );
}

function Progress({ state: { eta, presence }, trip, now }: Pick<Props, 'state' | 'trip' | 'now'>) {
  if (trip.state === 'arrived' || eta === null) {
    const presenceText = presence?.online === false ? TEXTS.riderOffline : TEXTS.riderOnline;
    return (
      <p className="progress">
        <span>{`${trip.riderId} · ${trip.state === 'arrived' ? presenceText : TEXTS.estimating}`}</span>
      </p>
    );
  }
  const { value, unit } = remaining(eta.at - now);
  return (
    <p className="progress">
      <strong>{`${value} ${unit}`}</strong>
      <span>{`${distanceText(eta.distanceM)} · ${trip.riderId}`}</span>
    </p>
  );
}

function Ended({ session, state, title }: { session: DriverSession; state: DriverState; title: string }) {
  return (
    <>
      <div className="sheet-head">
        <h1 role="status">{title}</h1>
      </div>
      <p className="sheet-hint">{state.isOnline ? TEXTS.onlineHint : TEXTS.offlineHint}</p>
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
