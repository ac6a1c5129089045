import { useStore } from '@nanostores/react';
import { COMMON_ACTIONS, isDestructive } from '../actions/action.js';
import { TEXTS } from '../actions/texts.js';
import type { BoardSession } from '../session.js';

/** Actions that the drivers picked from the list can have in common. */
export function PickedBar({ session }: { session: BoardSession }) {
  const picked = useStore(session.$picked);
  if (picked.size === 0) return null;
  return (
    <fieldset className="picked">
      <legend className="sr-only">{TEXTS.actions}</legend>
      <b>{TEXTS.selected(picked.size)}</b>
      {COMMON_ACTIONS.map((action) => (
        <button
          key={action}
          type="button"
          className={`button ${isDestructive(action) ? 'button-danger' : ''}`}
          onClick={() =>
            session.$pendingAction.set({ action, driverId: null, trip: null, driverIds: [...picked] })
          }
        >
          {TEXTS[action]}
        </button>
      ))}
      <button type="button" className="link" onClick={() => session.$picked.set(new Set())}>
        {TEXTS.clear}
      </button>
    </fieldset>
  );
}
