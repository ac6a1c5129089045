import { useCallback, useEffect, useRef, useState } from 'react';
import type { AuditEntry } from '#sdk';
import { timeFormat } from '../../../shared/ui/format.js';
import { errorText } from '../error-texts.js';
import type { BoardSession } from '../session.js';
import { auditText } from './audit-text.js';
import { TEXTS } from './texts.js';

const PAGE = 50;
const clock = timeFormat({ dateStyle: 'short', timeStyle: 'medium' });

/** Audit log of privileged actions, newest first. */
export function Audit({ session, onClose }: { session: BoardSession; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [entries, setEntries] = useState<readonly AuditEntry[]>([]);
  const [hasMore, setHasMore] = useState(true);
  const [problem, setProblem] = useState<string | null>(null);
  const load = useCallback(
    async (before?: string) => {
      try {
        const page = await session.api.audit({ limit: PAGE, ...(before !== undefined && { before }) });
        setEntries((known) => (before === undefined ? page : [...known, ...page]));
        setHasMore(page.length === PAGE);
        setProblem(null);
      } catch (error) {
        setProblem(errorText(error));
      }
    },
    [session],
  );
  useEffect(() => {
    dialog.current?.showModal();
    void load();
  }, [load]);
  return (
    <dialog ref={dialog} className="audit" aria-labelledby="audit-title" onClose={onClose}>
      <h2 id="audit-title">{TEXTS.auditTitle}</h2>
      {problem !== null && <p role="alert">{problem}</p>}
      {/** biome-ignore lint/a11y/noNoninteractiveTabindex: scrolling areas must be reachable by keyboard */}
      <ol tabIndex={0} aria-labelledby="audit-title">
        {entries.map(({ id, at, by, action, tripId, userId, text, count }) => (
          <li key={id}>
            <time dateTime={new Date(at).toISOString()}>{clock.format(at)}</time>
            <b>{by === '' ? TEXTS.service : by}</b> <span>{TEXTS.auditActions[action]}</span>{' '}
            <span>
              {[userId, tripId, auditText(action, text), count && TEXTS.times(count)]
                .filter((part) => part !== undefined)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ol>
      <div className="dialog-buttons">
        {hasMore && entries.length > 0 && (
          <button type="button" className="button" onClick={() => void load(entries.at(-1)!.id)}>
            {TEXTS.older}
          </button>
        )}
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          {TEXTS.close}
        </button>
      </div>
    </dialog>
  );
}
