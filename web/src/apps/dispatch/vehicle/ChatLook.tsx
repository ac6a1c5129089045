import { useState } from 'react';
import type { ChatMessage } from '#protocol';
import { HexfleetError } from '#sdk';
import type { BoardSession } from '../session.js';
import { TEXTS } from '../texts.js';

const T = TEXTS.card;

/** The chat of a trip, read only when asked for: each look is written down. */
export function ChatLook({ session, tripId }: { session: BoardSession; tripId: string }) {
  const [messages, setMessages] = useState<ChatMessage[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const look = async () => {
    try {
      setMessages((await session.client.chatHistory(tripId)).messages);
      setProblem(null);
    } catch (error) {
      if (!(error instanceof HexfleetError)) throw error;
      setProblem(error.code === 'SUPPORT_ACCESS_OFF' ? T.chatOff : error.message);
    }
  };
  return (
    <div className="chat-look">
      <button type="button" className="button" title={T.chatHint} onClick={() => void look()}>
        {T.chat}
      </button>
      {problem !== null && <p role="status">{problem}</p>}
      {messages !== null && (
        <ol>
          {messages.length === 0 && <li>{T.chatEmpty}</li>}
          {messages.map(({ seq, role, text }) => (
            <li key={seq}>
              <b>{role}</b> {text}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
