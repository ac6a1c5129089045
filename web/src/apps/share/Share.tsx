import { useStore } from '@nanostores/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { SettingsButton } from '../../shared/i18n/SettingsButton.js';
import { ageMs, isStale } from '../../shared/live/figures.js';
import type { FollowedLink } from '../../shared/live/shared-trip.js';
import { MapHost } from '../../shared/map/MapHost.js';
import type { Padding } from '../../shared/map/plane.js';
import { useNow } from '../../shared/ui/hooks.js';
import { Controls } from './Controls.js';
import { End } from './End.js';
import { SharedScene } from './shared-scene.js';
import { TripCard } from './TripCard.js';
import { TEXTS } from './texts.js';

export function Share({ link }: { link: FollowedLink }) {
  const { over } = useStore(link.$state);
  return over === null ? <Following link={link} /> : <End over={over} />;
}

function Following({ link }: { link: FollowedLink }) {
  const state = useStore(link.$state);
  const [scene, setScene] = useState<SharedScene | null>(null);
  // The part of the page that no panel covers. The map keeps the car inside it.
  const stage = useRef<HTMLDivElement>(null);
  const open = useCallback(
    (container: HTMLElement, padding: Padding) => SharedScene.open(container, padding, link),
    [link],
  );
  useNow(500);
  const now = link.now();
  const isOutdated = state.connection === 'offline' || isStale(ageMs(state.position, now));
  useEffect(() => scene?.setStale(isOutdated), [scene, isOutdated]);
  return (
    <main className="shared">
      <MapHost open={open} stage={stage} onOpen={setScene} texts={TEXTS} />
      <div className="stage" ref={stage}>
        <SettingsButton className="panel settings-open" />
        {scene && <Controls scene={scene} hasCar={state.position !== null} />}
      </div>
      <TripCard state={state} isOutdated={isOutdated} now={now} />
    </main>
  );
}
