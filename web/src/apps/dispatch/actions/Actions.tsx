import { useStore } from '@nanostores/react';
import type { BoardSession } from '../session.js';
import { availableActions, isDestructive, type Target } from './action.js';
import { Confirm } from './Confirm.js';
import { TEXTS } from './texts.js';

type Props = Target & { session: BoardSession };

/** Buttons for the actions on the current selection. Each asks for confirmation, and the service audits it. */
export function Actions({ session, driverId, trip }: Props) {
  const pending = useStore(session.$pendingAction);
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
              className={`button ${isDestructive(action) ? 'button-danger' : ''}`}
              onClick={() => session.$pendingAction.set({ action, driverId, trip })}
            >
              {TEXTS[action]}
            </button>
          ))}
        </fieldset>
      )}
      {pending !== null && (
        <Confirm
          session={session}
          pending={pending}
          onClose={(isConfirmed) => {
            session.$pendingAction.set(null);
            if (isConfirmed && pending.driverIds !== undefined) session.$picked.set(new Set());
          }}
        />
      )}
    </>
  );
}
