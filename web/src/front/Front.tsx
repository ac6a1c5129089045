import { useCallback, useRef, useState } from 'react';
import { MapHost } from '../map/MapHost.js';
import type { Padding } from '../map/plane.js';
import { Scene } from '../map/scene.js';
import { useStore } from '../ui/hooks.js';
import { FleetPanel } from './FleetPanel.js';
import { Header } from './Header.js';
import { MapControls } from './MapControls.js';
import type { Session } from './session.js';
import { TripPanel } from './TripPanel.js';
import { TEXTS } from './texts.js';

const MAP_TEXTS = { map: TEXTS.mapLabel, pickup: TEXTS.trip.pickup, dropoff: TEXTS.trip.dropoff };

export function Front({ session }: { session: Session }) {
  const refused = useStore(session.refused);
  const [scene, setScene] = useState<Scene | null>(null);
  // The part of the page that no panel covers; the map keeps what matters inside it.
  const stage = useRef<HTMLDivElement>(null);
  const open = useCallback(
    (container: HTMLElement, padding: Padding) => {
      const { fleet, followed } = session;
      return Scene.open({ container, padding, fleet, followed, texts: MAP_TEXTS });
    },
    [session],
  );
  return (
    <div className="front">
      <MapHost open={open} stage={stage} onOpen={setScene} texts={TEXTS} />
      <Header fleet={session.fleet.state} followed={session.followed.state} />
      <div className="stage" ref={stage}>
        {scene && <MapControls scene={scene} />}
      </div>
      {refused ? (
        <p className="panel notice" role="status">
          {TEXTS.needsDemo}
        </p>
      ) : (
        <main className="panels">
          <TripPanel followed={session.followed.state} scene={scene} />
          <FleetPanel fleet={session.fleet.state} numbers={session.numbers} />
        </main>
      )}
    </div>
  );
}
