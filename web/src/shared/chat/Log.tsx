import { Check, CheckCheck, Clock, RotateCw, Trash2 } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import type { ChatMessage } from '#protocol';
import { timeFormat } from '../ui/format.js';
import type { Conversation, ConversationState, Outgoing } from './conversation.js';
import { refusalText, TEXTS } from './texts.js';

const clock = timeFormat({ timeStyle: 'short' });
/** Within this distance of the end, the log scrolls to new messages, px. */
const AT_END_PX = 60;

type Props = { conversation: Conversation; state: ConversationState };

/** The messages, oldest first. Scrolls to new ones unless the reader has scrolled back. */
export function Log({ conversation, state }: Props) {
  const { role } = conversation;
  const { messages, outgoing, partner, isPartnerTyping, hasOlder, isLoading } = state;
  const { box, onScroll } = useScrollAnchor(messages[0]?.seq);
  const isEmpty = messages.length === 0 && outgoing.length === 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolling areas must be reachable by keyboard
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
          <Message
            key={message.seq}
            message={message}
            isOwn={message.role === role}
            isFirst={messages[index - 1]?.role !== message.role}
            receipt={receiptOf(message.seq, partner)}
            author={message.role === role ? TEXTS.you : TEXTS.partner[role]}
          />
        ))}
        {outgoing.map((one) => (
          <OutgoingMessage key={`waiting-${one.key}`} outgoing={one} conversation={conversation} />
        ))}
      </ol>
      {isPartnerTyping && (
        <p className="chat-typing" aria-hidden>
          <i />
          <i />
          <i />
        </p>
      )}
    </div>
  );
}

type Receipt = 'sent' | 'delivered' | 'read';

const receiptOf = (seq: number, { delivered, read }: ConversationState['partner']): Receipt =>
  seq <= read ? 'read' : seq <= delivered ? 'delivered' : 'sent';

type MessageProps = {
  message: ChatMessage;
  isOwn: boolean;
  isFirst: boolean;
  receipt: Receipt;
  author: string;
};

function Message({ message, isOwn, isFirst, receipt, author }: MessageProps) {
  return (
    <li data-own={isOwn} data-first={isFirst} data-mark={isOwn ? receipt : undefined}>
      <p className="chat-text">
        <span className="sr-only">{`${author}: `}</span>
        <span>{message.text}</span>
      </p>
      <p className="chat-meta">
        <time dateTime={new Date(message.at).toISOString()}>{clock.format(message.at)}</time>
        {isOwn && <ReceiptIcon receipt={receipt} />}
      </p>
    </li>
  );
}

function ReceiptIcon({ receipt }: { receipt: Receipt }) {
  const Icon = receipt === 'sent' ? Check : CheckCheck;
  return (
    <span className="chat-receipt">
      <Icon size={15} aria-hidden />
      <span className={receipt === 'read' ? undefined : 'sr-only'}>{TEXTS.receipts[receipt]}</span>
    </span>
  );
}

function OutgoingMessage({ outgoing, conversation }: { outgoing: Outgoing; conversation: Conversation }) {
  const { key, text, at, refusal } = outgoing;
  return (
    <li data-own data-first data-mark={refusal === null ? 'waiting' : 'refused'}>
      <p className="chat-text">
        <span className="sr-only">{`${TEXTS.you}: `}</span>
        <span>{text}</span>
      </p>
      {refusal === null ? (
        <p className="chat-meta">
          <time dateTime={new Date(at).toISOString()}>{clock.format(at)}</time>
          <Clock size={13} aria-hidden />
          <span className="sr-only">{TEXTS.receipts.waiting}</span>
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

/** Keeps the visible messages in place when older ones load above, and the end in view when new ones arrive below. */
function useScrollAnchor(firstSeq: number | undefined) {
  const box = useRef<HTMLDivElement>(null);
  const anchor = useRef({ firstSeq, fromEnd: 0 });
  useLayoutEffect(() => {
    const { scrollHeight, clientHeight } = box.current!;
    const isOlder = anchor.current.firstSeq !== firstSeq;
    if (isOlder || anchor.current.fromEnd < AT_END_PX)
      box.current!.scrollTop = scrollHeight - clientHeight - (isOlder ? anchor.current.fromEnd : 0);
    anchor.current.firstSeq = firstSeq;
  });
  const onScroll = () => {
    const { scrollHeight, clientHeight, scrollTop } = box.current!;
    anchor.current.fromEnd = scrollHeight - clientHeight - scrollTop;
  };
  return { box, onScroll };
}
