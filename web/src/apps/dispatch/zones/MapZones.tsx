import { useStore } from '@nanostores/react';
import { Layers } from 'lucide-react';
import { Suspense, useEffect, useMemo, useState } from 'react';
import { count } from '../../../shared/ui/format.js';
import { lazyWithRetry } from '../../../shared/ui/lazy-with-retry.js';
import type { BoardScene } from '../map/board-scene.js';
import type { BoardSession } from '../session.js';
import { KIND_ORDER } from './kinds.js';
import { ZoneScene } from './layer/zone-scene.js';
import { Swatch } from './Swatch.js';
import { Switch } from './Switch.js';
import { TEXTS } from './texts.js';
import { zonesOf } from './zones-store.js';
import './zones.css';
import { KIND_TEXTS } from './rule-texts.js';

const EditOnMap = lazyWithRetry(() => import('./edit/EditOnMap.js'));

/** Zones on the map: the layer, its legend with a switch, and the tools while the draft is edited. */
export default function MapZones({ session, scene }: { session: BoardSession; scene: BoardScene }) {
  const store = zonesOf(session);
  const editing = useStore(store.$editing);
  const zones = useStore(store.$zones);
  const isShown = useStore(store.$isShown);
  const selected = useStore(store.$selected);
  const [zoneScene, setScene] = useState<ZoneScene | null>(null);
  useEffect(() => {
    const opened = new ZoneScene(scene, store, () => session.$panel.get() === 'zones');
    setScene(opened);
    return () => {
      opened.close();
      setScene(null);
    };
  }, [scene, store, session]);
  // Only a zone chosen in the list may be out of view.
  useEffect(() => {
    const zone = store.selected();
    if (zoneScene !== null && zone !== null && selected !== null && !zoneScene.takeClicked(selected))
      zoneScene.show(zone);
  }, [zoneScene, store, selected]);
  const kinds = useMemo(() => {
    const present = KIND_ORDER.map((kind) => ({
      kind,
      n: zones.filter((zone) => zone.kind === kind).length,
    }));
    return present.filter(({ n }) => n > 0);
  }, [zones]);
  return (
    <div className="map-zones" data-zones={zones.length} data-editing={editing !== null}>
      {editing !== null && zoneScene !== null && (
        <Suspense>
          <EditOnMap
            key={editing.region}
            session={session}
            editing={editing}
            store={store}
            scene={zoneScene}
          />
        </Suspense>
      )}
      {(kinds.length > 0 || editing !== null) && (
        <details className="panel zone-legend">
          <summary aria-label={TEXTS.legend}>
            <Layers size={15} aria-hidden />
            <span>{TEXTS.zones}</span>
          </summary>
          {editing === null && (
            <Switch label={TEXTS.show} isOn={isShown} onChange={(isOn) => store.$isShown.set(isOn)} />
          )}
          <ul>
            {kinds.map(({ kind, n }) => (
              <li key={kind}>
                <Swatch kind={kind} />
                <span>{KIND_TEXTS[kind].name}</span> <span className="figure">{count(n)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
