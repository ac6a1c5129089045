import { useStore } from '@nanostores/react';
import { useEffect, useState } from 'react';
import type { BoardSession } from '../session.js';
import { type Action, availableActions, type Target } from './action.js';
import { Confirm } from './Confirm.js';
import { TEXTS } from './texts.js';

type Props = Target & { session: BoardSession };

const TOAST_MS = 6_000;

/** Buttons for the actions on the current selection. Each asks for confirmation, and the service audits it. */
export function Actions({ session, driverId, trip }: Props) {
  const pending = useStore(session.$pendingAction);
  const [done, setDone] = useState<Action | null>(null);
  useEffect(() => {
    if (done === null) return;
    const timer = setTimeout(() => setDone(null), TOAST_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const actions = availableActions({ driverId, trip });
  return (
    <>
      {actions.length > 0 && (
        <fieldset className="actions">
          <legend className="sr-only">{TEXTS.actions}</legend>
          {actions.map((action) => (
            <button
              key={action}
              type="button"
              className={`button ${action === 'cancel' || action === 'offline' ? 'button-danger' : ''}`}
              onClick={() => {
                setDone(null);
                session.$pendingAction.set({ action, driverId, trip });
              }}
            >
              {TEXTS[action]}
            </button>
          ))}
        </fieldset>
      )}
      {/* Screen readers announce a status only if its element existed before. It outlives the buttons of a cancelled trip. */}
      <p role="status">{done !== null && <span className="actions-done">{TEXTS.done[done]}</span>}</p>
      {pending !== null && (
        <Confirm
          session={session}
          pending={pending}
          onClose={(isDone) => {
            session.$pendingAction.set(null);
            if (isDone) setDone(pending.action);
          }}
        />
      )}
    </>
  );
}
