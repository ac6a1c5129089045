import { useStore } from '@nanostores/react';
import type { BoardSession, Panel } from '../session.js';
import { TAB_NAMES, TEXTS } from '../texts.js';

const PANELS: Panel[] = ['vehicles', 'zones'];

/** Choice of the list in the left column; narrow screens have tabs instead. */
export function PanelSwitch({ session }: { session: BoardSession }) {
  const current = useStore(session.$panel);
  return (
    <fieldset className="panel-switch">
      <legend className="sr-only">{TEXTS.panels}</legend>
      {PANELS.map((panel) => (
        <button
          key={panel}
          type="button"
          aria-pressed={panel === current}
          onClick={() => session.$panel.set(panel)}
        >
          {TAB_NAMES[panel]}
        </button>
      ))}
    </fieldset>
  );
}
