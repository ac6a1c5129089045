import { useState } from 'react';
import type { ChatMessage } from '#protocol';
import { HexfleetError } from '#sdk';
import { errorText } from '../error-texts.js';
import type { BoardSession } from '../session.js';
import { TEXTS } from '../texts.js';

const T = TEXTS.chat;

/** Chat of a trip, loaded only on request because the service audits each read. */
export function ChatHistory({ session, tripId }: { session: BoardSession; tripId: string }) {
  const [messages, setMessages] = useState<ChatMessage[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const load = async () => {
    try {
      setMessages((await session.client.chatHistory(tripId)).messages);
      setProblem(null);
    } catch (error) {
      if (!(error instanceof HexfleetError)) throw error;
      setProblem(error.code === 'SUPPORT_ACCESS_OFF' ? T.off : errorText(error));
    }
  };
  return (
    <div className="chat-history">
      <button type="button" className="button" title={T.hint} onClick={() => void load()}>
        {T.read}
      </button>
      {problem !== null && <p role="status">{problem}</p>}
      {messages !== null && (
        <ol>
          {messages.length === 0 && <li>{T.empty}</li>}
          {messages.map(({ seq, role, text }) => (
            <li key={seq}>
              <b>{T.roles[role]}</b> <span>{text}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
