import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Padding } from './plane.js';

/** Scene of a page: draws its content on the map. */
type Scene = { setPadding: (padding: Padding) => void; close: () => void };

type Props<T> = {
  /** opens the scene; a new function opens a new map */
  open: (container: HTMLElement, padding: Padding) => Promise<T>;
  /** element that spans the area no panel covers */
  stage: RefObject<HTMLDivElement | null>;
  onOpen: (opened: T | null) => void;
  texts: { loading: string; noMap: string };
};

/** Container that opens a map once it has a size, and keeps its padding equal to the area that panels cover. */
export function MapHost<T extends Scene>({ open, stage, onOpen, texts }: Props<T>) {
  const host = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<'loading' | 'drawn' | 'failed'>('loading');

  useEffect(() => {
    const container = host.current!;
    const padding = () => paddingOf(container, stage.current!);
    let scene: T | null = null;
    let isClosed = false;
    let isOpening = false;
    const openMap = () => {
      isOpening = true;
      open(container, padding()).then(
        (opened) => {
          if (isClosed) return opened.close();
          scene = opened;
          // A panel may have grown while the map was loading.
          opened.setPadding(padding());
          setState('drawn');
          onOpen(opened);
        },
        (error: unknown) => {
          console.error(error);
          setState('failed');
        },
      );
    };
    const resizes = new ResizeObserver(() => {
      // A map in a hidden frame has no size yet, so nothing could be fitted into it.
      if (!isOpening && container.clientWidth > 0 && container.clientHeight > 0) openMap();
      scene?.setPadding(padding());
    });
    resizes.observe(container);
    resizes.observe(stage.current!);
    return () => {
      isClosed = true;
      resizes.disconnect();
      scene?.close();
      onOpen(null);
    };
  }, [open, stage, onOpen]);

  return (
    <>
      <div ref={host} className="map" data-drawn={state === 'drawn'} />
      {state !== 'drawn' && (
        <p className="map-notice" role="status">
          {state === 'failed' ? texts.noMap : texts.loading}
        </p>
      )}
    </>
  );
}

/** Returns the distance of the stage from each edge of the map, CSS pixels. */
function paddingOf(map: HTMLElement, stage: HTMLElement): Padding {
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
