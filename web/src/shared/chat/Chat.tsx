import { useStore } from '@nanostores/react';
import { ArrowUp, X } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { age } from '../ui/format.js';
import { useNow } from '../ui/hooks.js';
import type { Conversation, ConversationState } from './conversation.js';
import { Log } from './Log.js';
import { quickReplies, TEXTS } from './texts.js';

const MAX_LENGTH = 2_000;
/** The counter appears below this number of remaining characters. */
const COUNTER_FROM = 200;

type Props = {
  conversation: Conversation;
  /** read-only: the trip has ended */
  isOver?: boolean;
  onClose: () => void;
};

/** The chat of a trip, for its rider and its driver. Messages that arrive while it is mounted count as read. */
export function Chat({ conversation, isOver = false, onClose }: Props) {
  const state = useStore(conversation.$state);
  const { role } = conversation;
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a touch screen, focusing the text field would open the keyboard over the messages.
    const first = matchMedia('(pointer: fine)').matches
      ? box.current?.querySelector('textarea')
      : box.current;
    first?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    conversation.setShown(true);
    return () => conversation.setShown(false);
  }, [conversation]);
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === 'Escape') onClose();
  };
  return (
    <section className="chat" ref={box} tabIndex={-1} aria-label={TEXTS.title[role]} onKeyDown={onKeyDown}>
      <header className="chat-head">
        <div>
          <h2>{TEXTS.partner[role]}</h2>
          <Partner state={state} now={conversation.now()} />
        </div>
        <button type="button" className="icon-button" aria-label={TEXTS.close} onClick={onClose}>
          <X size={20} aria-hidden />
        </button>
      </header>
      <Log conversation={conversation} state={state} />
      {!state.isOnline && !isOver && (
        <p className="chat-notice" role="status">
          {TEXTS.connectionLost}
        </p>
      )}
      {isOver ? <p className="chat-notice">{TEXTS.over}</p> : <Composer conversation={conversation} />}
    </section>
  );
}

type PartnerProps = {
  state: ConversationState;
  /** epoch ms by the service's clock */
  now: number;
};

function Partner({ state: { isPartnerTyping, presence, isOnline }, now }: PartnerProps) {
  useNow(10_000);
  const isPartnerOnline = presence?.online === true && isOnline;
  return (
    <p className="chat-partner" data-online={isPartnerOnline} role="status">
      {isPartnerTyping ? TEXTS.typing : isOnline ? presenceText(presence, now) : ''}
    </p>
  );
}

function presenceText(presence: ConversationState['presence'], now: number): string {
  if (presence === null) return '';
  if (presence.online) return TEXTS.online;
  if (presence.lastSeenAt === null) return TEXTS.offline;
  return TEXTS.lastSeen(age(Math.max(1_000, now - presence.lastSeenAt)));
}

function Composer({ conversation }: { conversation: Conversation }) {
  const [text, setText] = useState('');
  const counterId = useId();
  // Count like the service: trimmed, in code points.
  const remaining = MAX_LENGTH - [...text.trim()].length;
  const canSend = remaining >= 0 && remaining < MAX_LENGTH;
  const send = () => {
    if (!canSend) return;
    conversation.send(text.trim());
    setText('');
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <div className="chat-foot">
      <fieldset className="chat-quick" aria-label={TEXTS.quickReplies}>
        {quickReplies(conversation.role).map((reply) => (
          <button key={reply} type="button" onClick={() => conversation.send(reply)}>
            {reply}
          </button>
        ))}
      </fieldset>
      <form className="chat-write" onSubmit={onSubmit}>
        <textarea
          rows={1}
          value={text}
          aria-label={TEXTS.write}
          aria-describedby={counterId}
          aria-invalid={remaining < 0}
          placeholder={TEXTS.write}
          enterKeyHint="send"
          onKeyDown={onKeyDown}
          onChange={({ target }) => {
            setText(target.value);
            conversation.typing();
          }}
        />
        <button type="submit" aria-label={TEXTS.send} disabled={!canSend}>
          <ArrowUp size={20} aria-hidden />
        </button>
      </form>
      <p className="chat-remaining" id={counterId} data-over={remaining < 0}>
        {remaining <= COUNTER_FROM ? TEXTS.remaining(remaining) : ''}
      </p>
    </div>
  );
}
