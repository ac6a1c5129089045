import { type RefObject, useRef, useState } from 'react';
import type { Conversation } from '../chat/conversation.js';

export type ChatPanelState = {
  /** null before there is somebody to write to */
  conversation: Conversation | null;
  isOpen: boolean;
  button: RefObject<HTMLButtonElement | null>;
  toggle: () => void;
  close: () => void;
};

/** Opens and closes the chat panel. Closing returns the focus to its button. */
export function useChatPanel(conversation: Conversation | null): ChatPanelState {
  const [isRequested, setRequested] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const isOpen = isRequested && conversation !== null;
  const close = () => {
    setRequested(false);
    button.current?.focus();
  };
  return { conversation, isOpen, button, toggle: () => setRequested(!isOpen), close };
}
