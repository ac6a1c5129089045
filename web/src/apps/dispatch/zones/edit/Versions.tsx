import { useStore } from '@nanostores/react';
import { useEffect, useState } from 'react';
import type { VersionInfo } from '#sdk';
import { timeFormat } from '../../../../shared/ui/format.js';
import { SideCard } from '../../SideCard.js';
import type { ZonesStore } from '../zones-store.js';
import type { Editing } from './editing.js';
import { TEXTS } from './texts.js';

const time = timeFormat({ dateStyle: 'medium', timeStyle: 'short' });

type Props = { store: ZonesStore; editing: Editing };

/** Published versions of the region, newest first; each can be compared with the one in force, and published again. */
export function Versions({ store, editing }: Props) {
  const newest = useStore(editing.$newest);
  const [versions, setVersions] = useState<readonly VersionInfo[] | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    store.api.versions(editing.region, { signal: abort.signal }).then(setVersions, () => {});
    return () => abort.abort();
  }, [store, editing, newest]);
  return (
    <SideCard
      className="zone-card"
      title={TEXTS.versions}
      takesFocus
      closeLabel={TEXTS.close}
      onClose={() => store.$side.set('zone')}
    >
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
    </SideCard>
  );
}
