import { ArrowUp, X } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { age } from '../ui/format.js';
import { useNow, useStore } from '../ui/hooks.js';
import type { Conversation, ConversationState } from './conversation.js';
import { Log } from './Log.js';
import { quickReplies, TEXTS } from './texts.js';

const MAX_LENGTH = 2_000;
/** From here on it is told how many characters are left. */
const TELL_LEFT = 200;

type Props = {
  conversation: Conversation;
  /** nothing can be said any more, only read */
  isOver?: boolean;
  onClose: () => void;
};

/** The chat of a trip, for a rider and for a driver. What comes while it is mounted counts as read. */
export function Chat({ conversation, isOver = false, onClose }: Props) {
  const state = useStore(conversation.state);
  const { role } = conversation;
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a touch screen the keyboard would cover what there is to read.
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
          <Partner state={state} />
        </div>
        <button type="button" className="icon-button" aria-label={TEXTS.close} onClick={onClose}>
          <X size={20} aria-hidden />
        </button>
      </header>
      <Log conversation={conversation} state={state} />
      {!state.isOnline && !isOver && (
        <p className="chat-line" role="status">
          {TEXTS.lineDown}
        </p>
      )}
      {isOver ? <p className="chat-line">{TEXTS.over}</p> : <Composer conversation={conversation} />}
    </section>
  );
}

function Partner({ state: { partnerTypes, presence, isOnline } }: { state: ConversationState }) {
  useNow(10_000);
  const isThere = presence?.online === true && isOnline;
  return (
    <p className="chat-partner" data-online={isThere} role="status">
      {partnerTypes ? TEXTS.types : isOnline ? presenceText(presence) : ''}
    </p>
  );
}

function presenceText(presence: ConversationState['presence']): string {
  if (presence === null) return '';
  if (presence.online) return TEXTS.online;
  if (presence.lastSeenAt === null) return TEXTS.offline;
  return TEXTS.lastSeen(age(Math.max(1_000, Date.now() - presence.lastSeenAt)));
}

function Composer({ conversation }: { conversation: Conversation }) {
  const [text, setText] = useState('');
  const counterId = useId();
  // As the service counts: by code points, without the space around.
  const left = MAX_LENGTH - [...text.trim()].length;
  const canSend = left >= 0 && left < MAX_LENGTH;
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
          aria-invalid={left < 0}
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
      <p className="chat-left" id={counterId} data-over={left < 0}>
        {left <= TELL_LEFT ? TEXTS.left(left) : ''}
      </p>
    </div>
  );
}
