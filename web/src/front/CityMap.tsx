import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Padding } from '../map/plane.js';
import { Scene } from '../map/scene.js';
import type { Session } from './session.js';
import { TEXTS } from './texts.js';

type Props = {
  session: Session;
  stage: RefObject<HTMLDivElement | null>;
  onScene: (scene: Scene | null) => void;
};

export function CityMap({ session, stage, onScene }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<'loading' | 'drawn' | 'failed'>('loading');

  useEffect(() => {
    const container = host.current!;
    const padding = () => around(container, stage.current!);
    let scene: Scene | null = null;
    let closed = false;
    const texts = { map: TEXTS.mapLabel, pickup: TEXTS.trip.pickup, dropoff: TEXTS.trip.dropoff };
    Scene.open({
      container,
      fleet: session.fleet,
      followed: session.followed,
      padding: padding(),
      texts,
    }).then(
      (opened) => {
        if (closed) return opened.close();
        scene = opened;
        setState('drawn');
        onScene(opened);
      },
      (error: unknown) => {
        console.error(error);
        setState('failed');
      },
    );
    const resized = new ResizeObserver(() => scene?.setPadding(padding()));
    resized.observe(container);
    resized.observe(stage.current!);
    return () => {
      closed = true;
      resized.disconnect();
      scene?.close();
      onScene(null);
    };
  }, [session, stage, onScene]);

  return (
    <>
      <div ref={host} className="map" data-drawn={state === 'drawn'} />
      {state !== 'drawn' && (
        <p className="map-notice" role="status">
          {state === 'failed' ? TEXTS.noMap : TEXTS.loading}
        </p>
      )}
    </>
  );
}

/** How far the stage is from each edge of the map. */
function around(map: HTMLElement, stage: HTMLElement): Padding {
  const outer = map.getBoundingClientRect();
  const inner = stage.getBoundingClientRect();
  const positive = (value: number) => Math.max(0, Math.round(value));
  return {
    top: positive(inner.top - outer.top),
    right: positive(outer.right - inner.right),
    bottom: positive(outer.bottom - inner.bottom),
    left: positive(inner.left - outer.left),
  };
}
