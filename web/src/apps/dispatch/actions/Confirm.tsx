import { useEffect, useRef, useState } from 'react';
import { HexfleetError } from '#sdk';
import type { BoardSession } from '../session.js';
import { type Hand, type Recipient, recipientsOf } from './action.js';
import { Choice } from './Choice.js';
import { TEXTS } from './texts.js';

type Props = { session: BoardSession; hand: Hand; onClose: (isDone: boolean) => void };

const MAX_TEXT = 500;

/** Asks before something is done by hand; it stays open until the service has answered. */
export function Confirm({ session, hand, onClose }: Props) {
  const { act, driverId, trip } = hand;
  const dialog = useRef<HTMLDialogElement>(null);
  const asked = useRef(new AbortController());
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const recipients = recipientsOf(hand);
  const [to, setTo] = useState(recipients[0]);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const { api } = session;
  const work = async (signal: AbortSignal): Promise<unknown> => {
    if (act === 'assign') return api.assignTrip(trip!.id, chosen!, { signal });
    if (act === 'cancel') return api.cancelTrip(trip!.id, { signal });
    if (act === 'offline') return api.forceOffline(driverId!, { signal });
    return api.sendNotice(to!.userId, { role: to!.role, text }, { signal });
  };
  /** Who goes back must not find later that it was done: the tries end. */
  const back = () => {
    asked.current.abort();
    onClose(false);
  };
  const go = async () => {
    const { signal } = asked.current;
    setBusy(true);
    setProblem(null);
    try {
      await work(signal);
      if (!signal.aborted) onClose(true);
    } catch (error) {
      if (signal.aborted) return;
      setBusy(false);
      setProblem(adviceOf(error));
    }
  };
  const isReady = act === 'assign' ? chosen !== null : act !== 'message' || text.trim() !== '';
  return (
    <dialog ref={dialog} className="confirm" aria-labelledby="confirm-title" onClose={back}>
      <form
        method="dialog"
        aria-busy={isBusy}
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <h2 id="confirm-title">{act === 'message' ? TEXTS.messageTo(to!.userId) : TEXTS[act]}</h2>
        <p>{TEXTS[`${act}Hint`]}</p>
        {act === 'assign' && <Choice session={session} trip={trip!} chosen={chosen} onChoose={setChosen} />}
        {act === 'message' && recipients.length > 1 && (
          <Recipients recipients={recipients} to={to!} onChoose={setTo} />
        )}
        {act === 'message' && (
          <label className="confirm-text">
            {TEXTS.text}
            <textarea
              rows={3}
              maxLength={MAX_TEXT}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          </label>
        )}
        <p className="side-note">{TEXTS.audited}</p>
        {problem !== null && (
          <p className="confirm-problem" role="alert">
            {problem}
          </p>
        )}
        <div className="confirm-buttons">
          <button type="button" className="button" onClick={back}>
            {TEXTS.back}
          </button>
          <button type="submit" className="button button-go" disabled={!isReady || isBusy}>
            {isBusy ? TEXTS.pending : TEXTS.confirm[act]}
          </button>
        </div>
      </form>
    </dialog>
  );
}

type RecipientsProps = { recipients: Recipient[]; to: Recipient; onChoose: (to: Recipient) => void };

const Recipients = ({ recipients, to, onChoose }: RecipientsProps) => (
  <fieldset className="choice">
    <legend className="sr-only">{TEXTS.to}</legend>
    {recipients.map((recipient) => (
      <label key={recipient.role}>
        <input
          type="radio"
          name="recipient"
          checked={recipient.role === to.role}
          onChange={() => onChoose(recipient)}
        />
        {recipient.userId}
        <span>{TEXTS.roles[recipient.role]}</span>
      </label>
    ))}
  </fieldset>
);

function adviceOf(error: unknown): string {
  if (!(error instanceof HexfleetError)) return TEXTS.failed;
  return `${error.message}. ${error.retry ? TEXTS.again : TEXTS.final}`;
}
