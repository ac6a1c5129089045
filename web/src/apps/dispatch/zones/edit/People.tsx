import { useStore } from '@nanostores/react';
import { TEXTS } from '../texts.js';
import { initials } from './colours.js';
import type { Editing } from './editing.js';

/** Dispatchers who have the draft open, or one zone of it selected. */
export default function People({ editing, zoneId }: { editing: Editing; zoneId?: string }) {
  const editors = useStore(editing.$editors);
  const shown = zoneId === undefined ? editors : editors.filter(({ selected }) => selected.includes(zoneId));
  if (shown.length === 0) return null;
  const names = [...new Set(shown.map(({ name }) => name))].join(', ');
  return (
    <span
      className="zone-people"
      role="img"
      aria-label={zoneId === undefined ? TEXTS.people(names) : TEXTS.editedBy(names)}
      title={names}
    >
      {shown.slice(0, 4).map(({ clientId, name, colour }) => (
        <span key={clientId} className="zone-person" style={{ background: colour }}>
          {initials(name)}
        </span>
      ))}
    </span>
  );
}
