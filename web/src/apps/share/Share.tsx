import { useCallback, useEffect, useRef, useState } from 'react';
import type { FollowedLink } from '../../shared/live/shared-trip.js';
import { MapHost } from '../../shared/map/MapHost.js';
import type { Padding } from '../../shared/map/plane.js';
import { useNow, useStore } from '../../shared/ui/hooks.js';
import { Controls } from './Controls.js';
import { End } from './End.js';
import { ageMs, isStale } from './figures.js';
import { SharedScene } from './shared-scene.js';
import { TripCard } from './TripCard.js';
import { TEXTS } from './texts.js';

export function Share({ link }: { link: FollowedLink }) {
  const { over } = useStore(link.state);
  return over === null ? <Following link={link} /> : <End over={over} />;
}

function Following({ link }: { link: FollowedLink }) {
  const state = useStore(link.state);
  const [scene, setScene] = useState<SharedScene | null>(null);
  // The part of the page that nothing covers; the map keeps the car inside it.
  const stage = useRef<HTMLDivElement>(null);
  const open = useCallback(
    (container: HTMLElement, padding: Padding) => SharedScene.open(container, padding, link),
    [link],
  );
  useNow(500);
  const now = Date.now();
  const stale = state.connection === 'offline' || isStale(ageMs(state, now));
  useEffect(() => scene?.setStale(stale), [scene, stale]);
  return (
    <div className="shared">
      <MapHost open={open} stage={stage} onOpen={setScene} texts={TEXTS} />
      <div className="stage" ref={stage}>
        {scene && <Controls scene={scene} hasCar={state.position !== null} />}
      </div>
      <TripCard state={state} stale={stale} now={now} />
    </div>
  );
}
