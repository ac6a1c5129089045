import { useStore } from '@nanostores/react';
import { useEffect, useState } from 'react';
import type { BoardSession } from '../../session.js';
import type { ZoneScene } from '../layer/zone-scene.js';
import type { Tool } from '../model.js';
import type { ZonesStore } from '../zones-store.js';
import { EditOverlay } from './edit-overlay.js';
import type { Editing } from './editing.js';
import { ImportReport } from './ImportReport.js';
import { Toolbar } from './Toolbar.js';
import { TEXTS } from './texts.js';
import { isUsable } from './tools.js';
import './on-map.css';

type Props = { session: BoardSession; editing: Editing; store: ZonesStore; scene: ZoneScene };

const TOOL_KEYS = new Map(Object.entries(TEXTS.keys).map(([tool, key]) => [key.toLowerCase(), tool as Tool]));

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('input, select, textarea, dialog, [role=dialog]') !== null;

/** Single letters are for the map: elsewhere they could be meant for a list, or for speech input. */
const isOnMap = (target: EventTarget | null) =>
  target === document.body || (target instanceof HTMLElement && target.closest('.board-map') !== null);

/** Tools, messages and the drop target over the map while the draft is edited. */
export default function EditOnMap({ session, editing, store, scene }: Props) {
  const messages = useStore(editing.$messages);
  useEffect(() => {
    let overlay: EditOverlay | null = null;
    let isClosed = false;
    void EditOverlay.open(editing, store, scene).then((opened) => {
      if (isClosed) return opened.close();
      overlay = opened;
      editing.$map.set(opened);
    });
    return () => {
      isClosed = true;
      editing.$map.set(null);
      overlay?.close();
    };
  }, [editing, store, scene]);
  useKeys(session, editing, store);
  return (
    <>
      <Toolbar editing={editing} store={store} />
      <div className="zone-messages" role="alert">
        {messages.map((message) => (
          <p key={message} className="panel zone-message">
            <span>{message}</span>
            <button type="button" onClick={() => editing.dismiss(message)}>
              {TEXTS.dismiss}
            </button>
          </p>
        ))}
      </div>
      <ImportReport editing={editing} />
      <DropTarget editing={editing} />
    </>
  );
}

/** Keys of the tools, of undo and redo, and Escape, which goes back one step. */
function useKeys(session: BoardSession, editing: Editing, store: ZonesStore): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, shiftKey, altKey, target } = event;
      if (isTyping(target) || document.querySelector('dialog[open], [role=dialog]') !== null) return;
      if ((ctrlKey || metaKey) && key.toLowerCase() === 'z') {
        event.preventDefault();
        if (shiftKey) editing.redo();
        else editing.undo();
      } else if ((ctrlKey || metaKey) && key.toLowerCase() === 'y') {
        event.preventDefault();
        editing.redo();
      } else if (key === 'Escape') {
        event.preventDefault();
        if (editing.$tool.get() !== 'select') editing.$tool.set('select');
        else store.select(null);
      } else if (!ctrlKey && !metaKey && !altKey && isOnMap(target)) {
        const tool = TOOL_KEYS.get(key.toLowerCase());
        if (tool !== undefined && isUsable(tool, editing)) editing.$tool.set(tool);
      }
    };
    // Before the board, whose Escape would clear the selection of a vehicle.
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, [session, editing, store]);
}

/** Takes files that are dropped anywhere on the board. */
function DropTarget({ editing }: { editing: Editing }) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = ({ relatedTarget }: DragEvent) => relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      const [file] = event.dataTransfer!.files;
      if (file !== undefined && !editing.$isReadOnly.get()) void editing.import(file);
    };
    const board = document.body;
    board.addEventListener('dragover', over);
    board.addEventListener('dragleave', leave);
    board.addEventListener('drop', drop);
    return () => {
      board.removeEventListener('dragover', over);
      board.removeEventListener('dragleave', leave);
      board.removeEventListener('drop', drop);
    };
  }, [editing]);
  return isOver ? <p className="zone-drop">{TEXTS.drop}</p> : null;
}
