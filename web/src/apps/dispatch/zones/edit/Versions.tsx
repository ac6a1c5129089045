import { useStore } from '@nanostores/react';
import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { VersionInfo } from '#sdk';
import { timeFormat } from '../../../../shared/ui/format.js';
import type { BoardSession } from '../../session.js';
import type { ZonesStore } from '../zones-store.js';
import type { Editing } from './editing.js';
import { TEXTS } from './texts.js';

const time = timeFormat({ dateStyle: 'medium', timeStyle: 'short' });

type Props = { session: BoardSession; store: ZonesStore; editing: Editing };

/** Published versions of the region, newest first; each can be compared with the one in force, and published again. */
export function Versions({ store, editing }: Props) {
  const newest = useStore(editing.$newest);
  const [versions, setVersions] = useState<readonly VersionInfo[] | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    const abort = new AbortController();
    store.api.versions(editing.region, { signal: abort.signal }).then(setVersions, () => {});
    return () => abort.abort();
  }, [store, editing, newest]);
  return (
    <section className="zone-card" aria-labelledby="versions-title">
      <header>
        <h2 id="versions-title" ref={heading} tabIndex={-1}>
          {TEXTS.versions}
        </h2>
        <button
          type="button"
          className="icon-button zone-close"
          aria-label={TEXTS.close}
          onClick={() => store.$side.set('zone')}
        >
          <X size={18} aria-hidden />
        </button>
      </header>
      {versions?.length === 0 && <p className="side-note">{TEXTS.noVersions}</p>}
      <ol className="zone-versions">
        {versions?.map(({ version, by, at, comment, zoneCount, restores }, i) => (
          <li key={version}>
            <p className="zone-version-head">
              <b>{TEXTS.version(version)}</b>
              {i === 0 && <span className="chip">{TEXTS.current}</span>}
            </p>
            <p>{comment}</p>
            <p className="side-note">
              {[
                by,
                time.format(at),
                TEXTS.zones(zoneCount),
                restores === null ? '' : TEXTS.restores(restores),
              ]
                .filter((part) => part !== '')
                .join(' · ')}
            </p>
            {i > 0 && (
              <button
                type="button"
                className="zone-more"
                aria-label={`${TEXTS.compare}: ${TEXTS.version(version)}`}
                onClick={() => {
                  editing.$compared.set(null);
                  store.$side.set('publish');
                  void editing.compare(version);
                }}
              >
                {TEXTS.compare}
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
