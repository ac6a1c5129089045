import { Chat } from './Chat.js';
import type { Conversation } from './conversation.js';
import '../../styles/chat.css';

type Props = { conversation: Conversation; isOver: boolean; onClose: () => void };

/** The chat and its styles, loaded when it is first opened. */
export default function ChatPanel(props: Props) {
  return (
    <div className="panel phone-chat">
      <Chat {...props} />
    </div>
  );
}
