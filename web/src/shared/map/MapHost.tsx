import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Padding } from './plane.js';

/** What lives on a map. */
type OnMap = { setPadding: (padding: Padding) => void; close: () => void };

type Props<T> = {
  /** the same function as long as the same is to be shown */
  open: (container: HTMLElement, padding: Padding) => Promise<T>;
  /** the part of the page that no panel covers */
  stage: RefObject<HTMLDivElement | null>;
  onOpen: (opened: T | null) => void;
  texts: { loading: string; noMap: string };
};

export function MapHost<T extends OnMap>({ open, stage, onOpen, texts }: Props<T>) {
  const host = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<'loading' | 'drawn' | 'failed'>('loading');

  useEffect(() => {
    const container = host.current!;
    const padding = () => around(container, stage.current!);
    let shown: T | null = null;
    let closed = false;
    let asked = false;
    const begin = () => {
      asked = true;
      open(container, padding()).then(
        (opened) => {
          if (closed) return opened.close();
          shown = opened;
          // A panel may have grown since the map was asked for.
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
    const resized = new ResizeObserver(() => {
      // In a frame that is not shown it has no size yet, and nothing could be fitted into it.
      if (!asked && container.clientWidth > 0 && container.clientHeight > 0) begin();
      shown?.setPadding(padding());
    });
    resized.observe(container);
    resized.observe(stage.current!);
    return () => {
      closed = true;
      resized.disconnect();
      shown?.close();
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
