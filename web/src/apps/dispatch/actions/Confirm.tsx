import { useEffect, useRef, useState } from 'react';
import { HexfleetError } from '#sdk';
import type { BoardSession } from '../session.js';
import { type PendingAction, type Recipient, recipientsOf } from './action.js';
import { DriverChoice } from './DriverChoice.js';
import { TEXTS } from './texts.js';

type Props = { session: BoardSession; pending: PendingAction; onClose: (isDone: boolean) => void };

const MAX_TEXT = 500;

/** Dialog that confirms an action. It stays open until the service has responded. */
export function Confirm({ session, pending, onClose }: Props) {
  const { action, driverId, trip } = pending;
  const dialog = useRef<HTMLDialogElement>(null);
  const request = useRef(new AbortController());
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const recipients = recipientsOf(pending);
  const [to, setTo] = useState(recipients[0]);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const previousFocus = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (previousFocus instanceof HTMLElement) previousFocus.focus();
    };
  }, []);
  const { api } = session;
  const perform = async (signal: AbortSignal): Promise<unknown> => {
    if (action === 'assign') return api.assignTrip(trip!.id, chosen!, { signal });
    if (action === 'cancel') return api.cancelTrip(trip!.id, { signal });
    if (action === 'offline') return api.forceOffline(driverId!, { signal });
    return api.sendNotice(to!.userId, { role: to!.role, text }, { signal });
  };
  /** Also aborts retries, so that an action does not happen after the dispatcher went back. */
  const back = () => {
    request.current.abort();
    onClose(false);
  };
  const submit = async () => {
    const { signal } = request.current;
    setBusy(true);
    setProblem(null);
    try {
      await perform(signal);
      if (!signal.aborted) onClose(true);
    } catch (error) {
      if (signal.aborted) return;
      setBusy(false);
      setProblem(explain(error));
    }
  };
  const isReady = action === 'assign' ? chosen !== null : action !== 'message' || text.trim() !== '';
  return (
    <dialog ref={dialog} className="confirm" aria-labelledby="confirm-title" onClose={back}>
      <form
        method="dialog"
        aria-busy={isBusy}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2 id="confirm-title">{action === 'message' ? TEXTS.messageTo(to!.userId) : TEXTS[action]}</h2>
        <p>{TEXTS[`${action}Hint`]}</p>
        {action === 'assign' && (
          <DriverChoice session={session} trip={trip!} chosen={chosen} onChoose={setChosen} />
        )}
        {action === 'message' && recipients.length > 1 && (
          <Recipients recipients={recipients} to={to!} onChoose={setTo} />
        )}
        {action === 'message' && (
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
            {isBusy ? TEXTS.pending : TEXTS.confirm[action]}
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
        <span>{recipient.userId}</span>
        <span>{TEXTS.roles[recipient.role]}</span>
      </label>
    ))}
  </fieldset>
);

function explain(error: unknown): string {
  if (!(error instanceof HexfleetError)) return TEXTS.failed;
  return `${error.message}. ${error.retry ? TEXTS.retry : TEXTS.final}`;
}
