import { useStore } from '@nanostores/react';
import { X } from 'lucide-react';
import { useEffect } from 'react';
import type { BoardSession } from '../session.js';
import type { DelayedAction } from './delayed-actions.js';
import { TEXTS } from './texts.js';

/** The confirmed actions: each can be taken back until it is sent, and reports its result. */
export function ActionToasts({ session }: { session: BoardSession }) {
  const { delayed } = session;
  const actions = useStore(delayed.$list);
  useEffect(() => {
    // The browser asks whether to leave: an action that still waits would be lost.
    const warn = (event: BeforeUnloadEvent) => {
      if (delayed.isPending) event.preventDefault();
    };
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [delayed]);
  // Screen readers announce a status only if its element existed before.
  return (
    <div className="action-toasts" role="status">
      {actions.map((action) => (
        <Toast key={action.id} session={session} action={action} />
      ))}
    </div>
  );
}

function Toast({ session: { delayed }, action }: { session: BoardSession; action: DelayedAction }) {
  const { id, state, text } = action;
  return (
    <div className="action-toast" data-state={state}>
      <span>{text}</span>
      {(state === 'waiting' || state === 'sending') && (
        <button type="button" onClick={() => delayed.undo(id)}>
          {TEXTS.undo}
        </button>
      )}
      {state === 'waiting' && (
        <button type="button" onClick={() => delayed.sendNow(id)}>
          {TEXTS.now}
        </button>
      )}
      {state === 'failed' && (
        <button type="button" aria-label={TEXTS.close} onClick={() => delayed.dismiss(id)}>
          <X size={16} aria-hidden />
        </button>
      )}
    </div>
  );
}
