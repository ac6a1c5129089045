import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { explain } from './delayed-actions.js';
import { TEXTS } from './texts.js';

type Props<T> = {
  title: string;
  /** label of the button that performs the action */
  confirm: string;
  /** whether everything that the action needs is given */
  isReady: boolean;
  /** @param signal aborted when the dispatcher goes back */
  perform: (signal: AbortSignal) => Promise<T>;
  /** @param result of the action; null if the dispatcher went back */
  onClose: (result: T | null) => void;
  isDestructive?: boolean;
  /** says what will happen, and asks what it needs */
  children: ReactNode;
};

/** Dialog that confirms an action, which is recorded in the audit log. It stays open until the service has responded. */
export function ActionDialog<T>({
  title,
  confirm,
  isReady,
  perform,
  onClose,
  isDestructive = false,
  children,
}: Props<T>) {
  const titleId = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const request = useRef(new AbortController());
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const previousFocus = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (previousFocus instanceof HTMLElement) previousFocus.focus();
    };
  }, []);
  /** Also aborts retries, so that an action does not happen after the dispatcher went back. */
  const back = () => {
    request.current.abort();
    onClose(null);
  };
  const submit = async () => {
    if (!isReady || isBusy) return;
    const { signal } = request.current;
    setBusy(true);
    setProblem(null);
    try {
      const result = await perform(signal);
      if (!signal.aborted) onClose(result);
    } catch (error) {
      if (signal.aborted) return;
      setBusy(false);
      setProblem(explain(error));
    }
  };
  return (
    <dialog
      ref={dialog}
      data-destructive={isDestructive}
      aria-labelledby={titleId}
      onClose={back}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        // Otherwise the focused button is pressed, too.
        event.preventDefault();
        void submit();
      }}
    >
      <form
        method="dialog"
        aria-busy={isBusy}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2 id={titleId}>{title}</h2>
        {children}
        <p className="side-note">{TEXTS.audited}</p>
        {problem !== null && (
          <p className="dialog-problem" role="alert">
            {problem}
          </p>
        )}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={back}>
            {TEXTS.back}
          </button>
          <button
            type="submit"
            className={`button ${isDestructive ? 'button-destroy' : 'button-go'}`}
            disabled={!isReady || isBusy}
          >
            {isBusy ? TEXTS.pending : confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}

type TextFieldProps = { label: string; value: string; onChange: (text: string) => void };

const MAX_TEXT = 500;

/** Field for a text to users. */
export const TextField = ({ label, value, onChange }: TextFieldProps) => (
  <label className="dialog-field">
    <span>{label}</span>
    <textarea rows={3} maxLength={MAX_TEXT} value={value} onChange={({ target }) => onChange(target.value)} />
  </label>
);
