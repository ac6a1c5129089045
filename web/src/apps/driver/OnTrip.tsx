import { MessageCircle, X } from 'lucide-react';
import { type RefObject, useState } from 'react';
import type { Trip } from '#protocol';
import { isOpen } from '#protocol';
import type { Conversation } from '../../shared/chat/conversation.js';
import { nameOf } from '../../shared/live/city-places.js';
import { distance } from '../../shared/ui/format.js';
import { useStore } from '../../shared/ui/hooks.js';
import { remaining } from '../share/figures.js';
import { Facts } from './Shift.js';
import type { DriverSession } from './session.js';
import type { DriverState } from './state.js';
import { PINS, STATES, TEXTS } from './texts.js';

type Props = {
  session: DriverSession;
  state: DriverState;
  trip: Trip;
  /** by the service's clock, epoch ms */
  now: number;
  isChatOpen: boolean;
  chatButton: RefObject<HTMLButtonElement | null>;
  onChat: () => void;
};

/** A trip from the way to the rider to its end: one large button for the step that is next. */
export function OnTrip({ session, state, trip, now, isChatOpen, chatButton, onChat }: Props) {
  const conversation = useStore(session.conversation);
  const [asks, setAsks] = useState(false);
  const { words, next } = STATES[trip.state];
  const kind = trip.state === 'on_trip' ? 'dropoff' : 'pickup';
  if (!isOpen(trip.state)) return <Over session={session} state={state} words={words} />;
  return (
    <>
      <div className="sheet-head">
        <h1 role="status">{words}</h1>
      </div>
      <Way state={state} trip={trip} now={now} />
      <p className="journey journey-one">
        <span data-kind={kind}>
          <span className="sr-only">{PINS[kind]}: </span>
          {nameOf(trip[kind])}
        </span>
      </p>
      {next !== null && !asks && (
        <button
          type="button"
          className="button button-go button-wide step-button"
          disabled={state.isBusy}
          onClick={() => void session.step(next.step)}
        >
          {next.words}
        </button>
      )}
      {asks ? (
        <fieldset className="sure" aria-label={TEXTS.cancelSure}>
          <p>{TEXTS.cancelSure}</p>
          <button type="button" className="button" onClick={() => setAsks(false)}>
            {TEXTS.cancelNo}
          </button>
          <button
            type="button"
            className="button button-danger"
            disabled={state.isBusy}
            onClick={() => void session.step('cancelled')}
          >
            {TEXTS.cancelYes}
          </button>
        </fieldset>
      ) : (
        <div className="actions">
          <button
            type="button"
            className="action"
            ref={chatButton}
            aria-expanded={isChatOpen}
            disabled={conversation === null}
            onClick={onChat}
          >
            <MessageCircle size={20} aria-hidden />
            {TEXTS.chat}
            {conversation !== null && <Unread conversation={conversation} />}
          </button>
          <button type="button" className="action" onClick={() => setAsks(true)}>
            <X size={20} aria-hidden />
            {TEXTS.cancel}
          </button>
        </div>
      )}
      <Facts session={session} state={state} />
    </>
  );
}

function Way({ state: { eta, presence }, trip, now }: Pick<Props, 'state' | 'trip' | 'now'>) {
  const rider = presence?.online === false ? TEXTS.riderAway : TEXTS.riderThere;
  if (trip.state === 'arrived' || eta === null)
    return (
      <p className="offer-way">
        <span>
          {trip.riderId} · {trip.state === 'arrived' ? rider : TEXTS.estimating}
        </span>
      </p>
    );
  const left = remaining(eta.at - now);
  const way = distance(eta.distanceM);
  return (
    <p className="offer-way">
      <strong>
        {left.value} {left.unit}
      </strong>
      <span>
        {way.value} {way.unit} · {trip.riderId}
      </span>
    </p>
  );
}

function Over({ session, state, words }: { session: DriverSession; state: DriverState; words: string }) {
  return (
    <>
      <div className="sheet-head">
        <h1 role="status">{words}</h1>
      </div>
      <p className="sheet-hint">{state.isOnline ? TEXTS.onlineHint : TEXTS.offlineHint}</p>
      <button
        type="button"
        className="button button-primary button-wide"
        onClick={() => session.dismissTrip()}
      >
        {state.isOnline ? TEXTS.next : TEXTS.dismiss}
      </button>
    </>
  );
}

function Unread({ conversation }: { conversation: Conversation }) {
  const { unread } = useStore(conversation.state);
  if (unread === 0) return null;
  return (
    <span className="badge">
      <span aria-hidden>{unread > 99 ? '99+' : unread}</span>
      <span className="sr-only">{TEXTS.unread(unread)}</span>
    </span>
  );
}
