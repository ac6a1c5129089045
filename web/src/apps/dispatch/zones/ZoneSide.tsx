import { useStore } from '@nanostores/react';
import { Suspense } from 'react';
import { lazyWithRetry } from '../../../shared/ui/lazy-with-retry.js';
import { SideCard } from '../SideCard.js';
import type { BoardSession } from '../session.js';
import type { ListedZone } from './model.js';
import { Queue } from './Queue.js';
import { KIND_TEXTS, ruleName, ruleText } from './rule-texts.js';
import { Swatch } from './Swatch.js';
import { TEXTS } from './texts.js';
import { type ZonesStore, zonesOf } from './zones-store.js';

const EditSide = lazyWithRetry(() => import('./edit/EditSide.js'));

/** The selected zone in the side column: its rules and queue, or its form while the draft is edited. */
export default function ZoneSide({ session }: { session: BoardSession }) {
  const store = zonesOf(session);
  const editing = useStore(store.$editing);
  useStore(store.$zones);
  useStore(store.$selected);
  const zone = store.selected();
  if (editing !== null)
    return (
      <Suspense>
        <EditSide session={session} store={store} editing={editing} />
      </Suspense>
    );
  return zone === null ? null : <ZoneCard session={session} store={store} zone={zone} />;
}

type CardProps = { session: BoardSession; store: ZonesStore; zone: ListedZone };

function ZoneCard({ session, store, zone }: CardProps) {
  const isPast = useStore(session.$replay) !== null;
  const rules = Object.entries(zone.rules).filter(([name]) => ruleName(name) !== undefined);
  return (
    <SideCard
      className="zone-card"
      title={zone.name}
      mark={<Swatch kind={zone.kind} />}
      closeLabel={TEXTS.close}
      onClose={() => store.select(null)}
    >
      <p className="side-note">{`${KIND_TEXTS[zone.kind].name} · ${KIND_TEXTS[zone.kind].purpose}`}</p>
      {rules.length > 0 && (
        <dl className="zone-rules">
          {rules.map(([name, value]) => (
            <div key={name}>
              <dt>{ruleName(name)}</dt>
              <dd>{ruleText(name, value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {zone.kind === 'queue' && !isPast && <Queue session={session} store={store} zone={zone} />}
    </SideCard>
  );
}
