import { useStore } from '@nanostores/react';
import { MessageCircle } from 'lucide-react';
import type { Conversation } from '../chat/conversation.js';
import type { ChatPanelState } from './chat-panel.js';
import { TEXTS } from './texts.js';

/** Opens and closes the chat, and counts its unread messages. */
export function ChatButton({ chat: { conversation, isOpen, button, toggle } }: { chat: ChatPanelState }) {
  return (
    <button
      type="button"
      className="action"
      ref={button}
      aria-expanded={isOpen}
      disabled={conversation === null}
      onClick={toggle}
    >
      <MessageCircle size={20} aria-hidden />
      <span>{TEXTS.chat}</span>
      {conversation !== null && <Unread conversation={conversation} />}
    </button>
  );
}

function Unread({ conversation }: { conversation: Conversation }) {
  const { unread } = useStore(conversation.$state);
  if (unread === 0) return null;
  return (
    <span className="badge">
      <span aria-hidden>{unread > 99 ? '99+' : unread}</span>
      <span className="sr-only">{TEXTS.unread(unread)}</span>
    </span>
  );
}
