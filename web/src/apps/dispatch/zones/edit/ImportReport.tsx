import { useStore } from '@nanostores/react';
import { useEffect, useRef } from 'react';
import type { Editing } from './editing.js';
import { TEXTS } from './texts.js';

/** Result of an import: the zones and their corrections, or each reason why nothing was imported. */
export function ImportReport({ editing }: { editing: Editing }) {
  const report = useStore(editing.$report);
  const draft = useStore(editing.$draft);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (report !== null && dialog.current?.open === false) dialog.current.showModal();
  }, [report]);
  if (report === null) return null;
  const { file, imported, reasons } = report;
  const nameOf = (id: string) => draft.find((zone) => zone.id === id)?.name ?? id;
  const lines =
    reasons ??
    imported.corrections.map(({ zoneId, turnedRings, repeatedVertices }) =>
      TEXTS.correction(nameOf(zoneId), turnedRings, repeatedVertices),
    );
  return (
    <dialog ref={dialog} aria-labelledby="import-title" onClose={() => editing.$report.set(null)}>
      <form method="dialog">
        <h2 id="import-title">
          {reasons === undefined ? TEXTS.imported(imported.zones.length) : TEXTS.notImported(file)}
        </h2>
        {reasons === undefined && <p>{TEXTS.importedFrom(file)}</p>}
        {reasons === undefined && imported.corrections.length > 0 && (
          <h3 id="import-corrections">{TEXTS.corrections}</h3>
        )}
        {lines.length > 0 && (
          <ul
            className="zone-reasons"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolling areas must be reachable by keyboard
            tabIndex={0}
            aria-labelledby={reasons === undefined ? 'import-corrections' : 'import-title'}
          >
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        <div className="dialog-buttons">
          <button type="submit" className="button button-primary">
            {TEXTS.close}
          </button>
        </div>
      </form>
    </dialog>
  );
}
