import { useRef } from 'react';
import { Command } from './Command.js';
import { TEXTS } from './texts.js';

/** The dialog with the commands that run Hexfleet, and its button. It needs no address of a repository. */
export function QuickStart() {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        {TEXTS.quickStart}
      </button>
      <dialog ref={dialog} className="quick-start" aria-labelledby="quick-start-title">
        <h2 id="quick-start-title">{TEXTS.quickStart}</h2>
        <p>{TEXTS.needs}</p>
        <Command command="npm start" effect={TEXTS.starts} />
        <Command command="npm test" effect={TEXTS.tests} />
        <p>{TEXTS.readOn}</p>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {TEXTS.close}
          </button>
        </div>
      </dialog>
    </>
  );
}
