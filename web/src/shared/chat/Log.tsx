import { Check, CheckCheck, Clock, RotateCw, Trash2 } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import type { ChatMessage } from '#protocol';
import type { Conversation, ConversationState, Outgoing } from './conversation.js';
import { refusalText, TEXTS } from './texts.js';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
/** So near its end the log goes on to show the newest. */
const AT_END_PX = 60;

type Props = { conversation: Conversation; state: ConversationState };

/** What was said, the newest at the end and in view, unless the reader has gone back. */
export function Log({ conversation, state }: Props) {
  const { role } = conversation;
  const { messages, outgoing, partner, partnerTypes, hasOlder, isLoading } = state;
  const { box, onScroll } = useKeptPlace(messages[0]?.seq);
  const isEmpty = messages.length === 0 && outgoing.length === 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="chat-log" role="log" aria-label={TEXTS.log} tabIndex={0} ref={box} onScroll={onScroll}>
      {hasOlder && (
        <button
          type="button"
          className="chat-older"
          disabled={isLoading}
          onClick={() => void conversation.loadOlder()}
        >
          {isLoading ? TEXTS.loading : TEXTS.older}
        </button>
      )}
      {isEmpty && hasOlder === false && <p className="chat-empty">{TEXTS.empty[role]}</p>}
      <ol>
        {messages.map((message, index) => (
          <Said
            key={message.seq}
            message={message}
            isOwn={message.role === role}
            isFirst={messages[index - 1]?.role !== message.role}
            mark={markOf(message.seq, partner)}
            author={message.role === role ? TEXTS.you : TEXTS.partner[role]}
          />
        ))}
        {outgoing.map((one) => (
          <Waiting key={`waiting-${one.key}`} outgoing={one} conversation={conversation} />
        ))}
      </ol>
      {partnerTypes && (
        <p className="chat-typing" aria-hidden>
          <i />
          <i />
          <i />
        </p>
      )}
    </div>
  );
}

type Mark = 'sent' | 'delivered' | 'read';

const markOf = (seq: number, { delivered, read }: ConversationState['partner']): Mark =>
  seq <= read ? 'read' : seq <= delivered ? 'delivered' : 'sent';

type SaidProps = { message: ChatMessage; isOwn: boolean; isFirst: boolean; mark: Mark; author: string };

function Said({ message, isOwn, isFirst, mark, author }: SaidProps) {
  return (
    <li data-own={isOwn} data-first={isFirst} data-mark={isOwn ? mark : undefined}>
      <p className="chat-text">
        <span className="sr-only">{author}: </span>
        {message.text}
      </p>
      <p className="chat-meta">
        <time dateTime={new Date(message.at).toISOString()}>{clock.format(message.at)}</time>
        {isOwn && <MarkIcon mark={mark} />}
      </p>
    </li>
  );
}

function MarkIcon({ mark }: { mark: Mark }) {
  const Icon = mark === 'sent' ? Check : CheckCheck;
  return (
    <span className="chat-mark">
      <Icon size={15} aria-hidden />
      {mark === 'read' ? TEXTS.marks.read : <span className="sr-only">{TEXTS.marks[mark]}</span>}
    </span>
  );
}

function Waiting({ outgoing, conversation }: { outgoing: Outgoing; conversation: Conversation }) {
  const { key, text, at, refusal } = outgoing;
  return (
    <li data-own data-first data-mark={refusal === null ? 'waiting' : 'refused'}>
      <p className="chat-text">
        <span className="sr-only">{TEXTS.you}: </span>
        {text}
      </p>
      {refusal === null ? (
        <p className="chat-meta">
          <time dateTime={new Date(at).toISOString()}>{clock.format(at)}</time>
          <Clock size={13} aria-hidden />
          <span className="sr-only">{TEXTS.marks.waiting}</span>
        </p>
      ) : (
        <div className="chat-refusal">
          <p role="alert">{refusalText(refusal.code)}</p>
          {refusal.retry && (
            <button type="button" onClick={() => conversation.retry(key)}>
              <RotateCw size={14} aria-hidden />
              {TEXTS.retry}
            </button>
          )}
          <button type="button" onClick={() => conversation.discard(key)}>
            <Trash2 size={14} aria-hidden />
            {TEXTS.discard}
          </button>
        </div>
      )}
    </li>
  );
}

/** Keeps what is read where it is when older messages come above, and the end in view when newer ones come below. */
function useKeptPlace(firstSeq: number | undefined) {
  const box = useRef<HTMLDivElement>(null);
  const place = useRef({ firstSeq, fromEnd: 0 });
  useLayoutEffect(() => {
    const { scrollHeight, clientHeight } = box.current!;
    const isOlder = place.current.firstSeq !== firstSeq;
    if (isOlder || place.current.fromEnd < AT_END_PX)
      box.current!.scrollTop = scrollHeight - clientHeight - (isOlder ? place.current.fromEnd : 0);
    place.current.firstSeq = firstSeq;
  });
  const onScroll = () => {
    const { scrollHeight, clientHeight, scrollTop } = box.current!;
    place.current.fromEnd = scrollHeight - clientHeight - scrollTop;
  };
  return { box, onScroll };
}
