import { useStore } from '@nanostores/react';
import { useEffect, useRef, useState } from 'react';
import { SideCard } from '../../SideCard.js';
import type { ZonesStore } from '../zones-store.js';
import { Comparison, changesIn } from './Comparison.js';
import type { Editing } from './editing.js';
import { TEXTS } from './texts.js';

const MAX_COMMENT = 500;

/** Review before publishing the draft, or an earlier version again: what changes, what must be fixed, and why. */
export function Publish({ store, editing }: { store: ZonesStore; editing: Editing }) {
  const compared = useStore(editing.$compared);
  const state = useStore(editing.$state);
  const newest = useStore(editing.$newest);
  const [comment, setComment] = useState('');
  const [allowsEmpty, setAllowsEmpty] = useState(false);
  const [asks, setAsks] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [done, setDone] = useState<number | null>(null);
  const version = compared?.version ?? null;
  const changes = compared === null ? 0 : changesIn(compared.comparison);
  const isEmpty =
    compared !== null &&
    compared.comparison.removed.length === changes &&
    changes > 0 &&
    editing.$draft.get().length === 0 &&
    version === null;
  const isOutdated =
    compared !== null && version === null && compared.comparison.number !== state.number && state.isSaved;
  const isReady =
    compared !== null &&
    changes > 0 &&
    compared.comparison.problems.length === 0 &&
    comment.trim() !== '' &&
    state.isOnline &&
    !isOutdated &&
    (!isEmpty || allowsEmpty);
  const close = () => {
    editing.$compared.set(null);
    store.$side.set('zone');
  };
  const publish = async () => {
    setAsks(false);
    setBusy(true);
    const isPublished = await editing.publish(comment.trim(), allowsEmpty);
    setBusy(false);
    if (isPublished) setDone(editing.$newest.get()?.version ?? null);
  };
  return (
    <SideCard
      className="zone-card zone-publish"
      title={version === null ? TEXTS.review : TEXTS.version(version)}
      takesFocus
      closeLabel={TEXTS.close}
      onClose={close}
    >
      <p role="status" className="zone-published">
        {done !== null && <span>{TEXTS.published(newest?.version ?? done)}</span>}
      </p>
      {done === null && compared === null && <p className="side-note">{TEXTS.loading}</p>}
      {done === null && compared !== null && (
        <>
          {changes === 0 && (
            <p className="side-note">{version === null ? TEXTS.unchanged : TEXTS.unchangedVersion}</p>
          )}
          <Comparison editing={editing} comparison={compared.comparison} />
          {isOutdated && (
            <p className="card-warning zone-locked">
              <span>{TEXTS.outdated}</span>
              <button type="button" onClick={() => void editing.compare(null)}>
                {TEXTS.refresh}
              </button>
            </p>
          )}
          {changes > 0 && (
            <>
              <label className="zone-field">
                <span>{TEXTS.comment}</span>
                <textarea
                  rows={2}
                  maxLength={MAX_COMMENT}
                  value={comment}
                  onChange={({ target }) => setComment(target.value)}
                />
              </label>
              {isEmpty && (
                <label className="zone-switch">
                  <input
                    type="checkbox"
                    checked={allowsEmpty}
                    onChange={({ target }) => setAllowsEmpty(target.checked)}
                  />
                  <span>{TEXTS.allowEmpty}</span>
                </label>
              )}
              <button
                type="button"
                className="button button-go"
                disabled={!isReady || isBusy}
                onClick={() => setAsks(true)}
              >
                {isBusy ? TEXTS.publishing : version === null ? TEXTS.publish : TEXTS.again}
              </button>
            </>
          )}
        </>
      )}
      {asks && <Confirm changes={changes} onClose={() => setAsks(false)} onConfirm={() => void publish()} />}
    </SideCard>
  );
}

type ConfirmProps = { changes: number; onClose: () => void; onConfirm: () => void };

function Confirm({ changes, onClose, onConfirm }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="publish-confirm" onClose={onClose}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm();
        }}
      >
        <h2 id="publish-confirm">{TEXTS.confirm(changes)}</h2>
        <p>{TEXTS.confirmHint}</p>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={onClose}>
            {TEXTS.back}
          </button>
          <button type="submit" className="button button-go">
            {TEXTS.publish}
          </button>
        </div>
      </form>
    </dialog>
  );
}
