import { useStore } from '@nanostores/react';
import { Download, History, Plus, Upload } from 'lucide-react';
import { useRef } from 'react';
import type { LngLat } from '#sdk';
import { TEXTS } from '../texts.js';
import type { ZonesStore } from '../zones-store.js';
import type { Editing } from './editing.js';
import People from './People.js';
import './edit.css';

/** Part of the width of the map that a new zone covers. */
const NEW_PX = 90;

/** Foot of the list while the draft is edited: who edits, whether it is saved, and what is done with the whole of it. */
export default function EditPanel({ store, editing }: { store: ZonesStore; editing: Editing }) {
  const state = useStore(editing.$state);
  const isReadOnly = useStore(editing.$isReadOnly);
  const draft = useStore(editing.$draft);
  const map = useStore(editing.$map);
  const file = useRef<HTMLInputElement>(null);
  const status = isReadOnly
    ? TEXTS.readOnly
    : !state.isOnline
      ? TEXTS.offline
      : !state.isLoaded
        ? TEXTS.loading
        : state.isSaved
          ? TEXTS.saved
          : TEXTS.saving;
  const canEdit = state.isLoaded && !isReadOnly;
  const addHere = () => {
    if (map === null) return;
    const { centre } = map;
    const corner = (x: number, y: number): LngLat => map.shifted(centre, x * NEW_PX, y * NEW_PX);
    editing.add([[[corner(-1, 1), corner(1, 1), corner(1, -1), corner(-1, -1)]]]);
  };
  const download = async () => {
    const exported = await editing.export();
    if (exported === null) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(exported);
    link.download = exported.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  return (
    <div className="zone-foot">
      <p className="zone-status" data-online={state.isOnline} data-saved={state.isSaved}>
        <span role="status">{status}</span>
        <People editing={editing} />
      </p>
      <div className="zone-buttons">
        <button
          type="button"
          className="button"
          title={TEXTS.addHint}
          disabled={!canEdit || map === null}
          onClick={addHere}
        >
          <Plus size={16} aria-hidden />
          <span>{TEXTS.add}</span>
        </button>
        <button
          type="button"
          className="button button-go"
          disabled={!canEdit || !state.isOnline}
          onClick={() => {
            store.$selected.set(null);
            store.$side.set('publish');
            void editing.compare(null);
          }}
        >
          {TEXTS.publish}
        </button>
      </div>
      <div className="zone-small-buttons">
        <button
          type="button"
          onClick={() => {
            store.$selected.set(null);
            editing.$compared.set(null);
            store.$side.set('versions');
          }}
        >
          <History size={15} aria-hidden />
          <span>{TEXTS.versions}</span>
        </button>
        <button type="button" disabled={!canEdit || !state.isOnline} onClick={() => file.current?.click()}>
          <Upload size={15} aria-hidden />
          <span>{TEXTS.import}</span>
        </button>
        <button
          type="button"
          disabled={draft.length === 0 || !state.isOnline}
          onClick={() => void download()}
        >
          <Download size={15} aria-hidden />
          <span>{TEXTS.export}</span>
        </button>
        <button type="button" className="zone-done" onClick={() => void store.stopEditing()}>
          {TEXTS.done}
        </button>
        <input
          ref={file}
          type="file"
          accept=".json,.geojson,application/geo+json,application/json"
          hidden
          onChange={({ target }) => {
            const [chosen] = target.files ?? [];
            if (chosen !== undefined) void editing.import(chosen);
            target.value = '';
          }}
        />
      </div>
    </div>
  );
}
