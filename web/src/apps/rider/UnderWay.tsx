import { MessageCircle, Share2, X } from 'lucide-react';
import { type RefObject, Suspense, useState } from 'react';
import type { Conversation } from '../../shared/chat/conversation.js';
import { nameOf } from '../../shared/live/city-places.js';
import type { ConnectionView } from '../../shared/live/connection-state.js';
import { distance, duration } from '../../shared/ui/format.js';
import { useStore } from '../../shared/ui/hooks.js';
import { lazyWithRetry } from '../../shared/ui/lazy-with-retry.js';
import { remaining } from '../share/figures.js';
import type { RiderSession } from './session.js';
import type { RiderState } from './state.js';
import { STEPS, TEXTS } from './texts.js';

const ShareTrip = lazyWithRetry(() => import('./ShareTrip.js'));
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

type Props = {
  session: RiderSession;
  state: RiderState;
  line: ConnectionView;
  now: number;
  isChatOpen: boolean;
  chatButton: RefObject<HTMLButtonElement | null>;
  onChat: () => void;
};

/** A car is on its way to the rider, waits, or drives the rider. */
export default function UnderWay({ session, state, line, now, isChatOpen, chatButton, onChat }: Props) {
  const conversation = useStore(session.conversation);
  const [asks, setAsks] = useState<'share' | 'cancel' | null>(null);
  const { step, trip, presence, isBusy } = state;
  if (trip === null) return null;
  if (asks === 'share')
    return (
      <Suspense>
        <ShareTrip session={session} state={state} onBack={() => setAsks(null)} />
      </Suspense>
    );
  return (
    <>
      <div className="sheet-head">
        <h1 role="status">{STEPS[step].words}</h1>
      </div>
      <Arrival state={state} line={line} now={now} />
      <p className="journey journey-one">
        <span data-kind={step === 'on_trip' ? 'dropoff' : 'pickup'}>
          {nameOf(step === 'on_trip' ? trip.dropoff : trip.pickup)}
        </span>
      </p>
      <div className="driver-row">
        <span className="driver-face" aria-hidden>
          {(trip.driverId ?? '').replace(/[^a-z0-9]/gi, '').slice(0, 1)}
        </span>
        <p>
          <span className="driver-name">{trip.driverId}</span>
          <span className="driver-there" data-online={presence?.online === true && line.isUp}>
            {presence?.online === false ? TEXTS.notThere : TEXTS.driver}
          </span>
        </p>
      </div>
      {asks === 'cancel' ? (
        <fieldset className="sure" aria-label={TEXTS.cancelSure}>
          <p>{TEXTS.cancelSure}</p>
          <button type="button" className="button" onClick={() => setAsks(null)}>
            {TEXTS.cancelNo}
          </button>
          <button
            type="button"
            className="button button-danger"
            disabled={isBusy}
            onClick={() => void session.cancel()}
          >
            {TEXTS.cancelYes}
          </button>
        </fieldset>
      ) : (
        <div className="actions">
          <ChatButton
            conversation={conversation}
            isOpen={isChatOpen}
            chatButton={chatButton}
            onChat={onChat}
          />
          <button type="button" className="action" onClick={() => setAsks('share')}>
            <Share2 size={20} aria-hidden />
            {TEXTS.share}
          </button>
          <button type="button" className="action" onClick={() => setAsks('cancel')}>
            <X size={20} aria-hidden />
            {TEXTS.cancel}
          </button>
        </div>
      )}
    </>
  );
}

function Arrival({ state: { step, trip, eta }, line, now }: Pick<Props, 'state' | 'line' | 'now'>) {
  const byService = now + line.clockAheadMs;
  if (step === 'arrived')
    return (
      <p className="arrival arrival-here">
        {TEXTS.waits} {TEXTS.waitsSince(duration(byService - (trip?.times.arrived ?? byService)))}
      </p>
    );
  if (eta === null) return <p className="arrival arrival-here">{TEXTS.estimating}</p>;
  const { value, unit } = remaining(eta.at - byService);
  const way = distance(eta.distanceM);
  return (
    <p className="arrival">
      <span className="arrival-figure">
        {value} <span className="unit">{unit}</span>
      </span>
      <span className="arrival-words">
        <span>{TEXTS.arrivesAt(clock.format(Math.max(eta.at, byService) - line.clockAheadMs))}</span>
        <span>{TEXTS.away(`${way.value} ${way.unit}`)}</span>
      </span>
    </p>
  );
}

type ChatButtonProps = { conversation: Conversation | null; isOpen: boolean } & Pick<
  Props,
  'chatButton' | 'onChat'
>;

function ChatButton({ conversation, isOpen, chatButton, onChat }: ChatButtonProps) {
  return (
    <button
      type="button"
      className="action"
      ref={chatButton}
      aria-expanded={isOpen}
      disabled={conversation === null}
      onClick={onChat}
    >
      <MessageCircle size={20} aria-hidden />
      {TEXTS.chat}
      {conversation !== null && <Unread conversation={conversation} />}
    </button>
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
