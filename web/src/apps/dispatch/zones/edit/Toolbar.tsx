import { useStore } from '@nanostores/react';
import {
  Circle,
  MapPin,
  MousePointer2,
  Pentagon,
  Redo2,
  SquareDashed,
  SquarePlus,
  Undo2,
} from 'lucide-react';
import type { ZoneKind } from '#sdk';
import { KIND_ORDER } from '../kinds.js';
import type { Tool } from '../model.js';
import { KIND_TEXTS } from '../rule-texts.js';
import type { ZonesStore } from '../zones-store.js';
import type { Editing } from './editing.js';
import { TEXTS } from './texts.js';
import { isUsable } from './tools.js';

const ICONS = {
  select: MousePointer2,
  polygon: Pentagon,
  rectangle: SquarePlus,
  circle: Circle,
  hole: SquareDashed,
  point: MapPin,
} as const;
const TOOLS = Object.keys(ICONS) as Tool[];

/** Drawing tools over the map. */
export function Toolbar({ editing, store }: { editing: Editing; store: ZonesStore }) {
  const tool = useStore(editing.$tool);
  const { canUndo, canRedo } = useStore(editing.$state);
  const kind = useStore(editing.$kind);
  const side = useStore(store.$side);
  useStore(store.$selected);
  useStore(editing.$draft);
  useStore(editing.$isReadOnly);
  if (side !== 'zone') return null;
  const drawsZone = tool === 'polygon' || tool === 'rectangle' || tool === 'circle';
  return (
    <div className="zone-tools">
      <div className="panel zone-toolbar" role="toolbar" aria-label={TEXTS.tools}>
        {TOOLS.map((name) => {
          const Icon = ICONS[name];
          return (
            <button
              key={name}
              type="button"
              aria-pressed={name === tool}
              aria-label={TEXTS.tool[name]}
              aria-keyshortcuts={TEXTS.keys[name]}
              title={`${TEXTS.tool[name]} (${TEXTS.keys[name]})`}
              disabled={!isUsable(name, editing)}
              onClick={() => editing.$tool.set(name)}
            >
              <Icon size={18} aria-hidden />
            </button>
          );
        })}
        <span className="zone-toolbar-gap" />
        <button
          type="button"
          aria-label={TEXTS.undo}
          title={`${TEXTS.undo} (Ctrl Z)`}
          disabled={!canUndo}
          onClick={() => editing.undo()}
        >
          <Undo2 size={18} aria-hidden />
        </button>
        <button
          type="button"
          aria-label={TEXTS.redo}
          title={`${TEXTS.redo} (Ctrl Shift Z)`}
          disabled={!canRedo}
          onClick={() => editing.redo()}
        >
          <Redo2 size={18} aria-hidden />
        </button>
      </div>
      {tool !== 'select' && (
        <div className="panel zone-hint">
          {drawsZone && (
            <label>
              <span className="sr-only">{TEXTS.drawKind}</span>
              <select value={kind} onChange={({ target }) => editing.$kind.set(target.value as ZoneKind)}>
                {KIND_ORDER.map((each) => (
                  <option key={each} value={each}>
                    {KIND_TEXTS[each].name}
                  </option>
                ))}
              </select>
            </label>
          )}
          <span role="status">{TEXTS.hints[tool]}</span>
        </div>
      )}
    </div>
  );
}
