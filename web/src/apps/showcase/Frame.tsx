import { ArrowUpRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Side } from './session.js';
import { TEXTS } from './texts.js';

/** Minimum width of each app, px. Narrower frames are scaled down. */
const WIDTH: Record<Side, number> = { rider: 390, driver: 390, dispatch: 1_360 };

/** An app in an iframe. On a phone it loads when it is first picked, and stays loaded. */
export function Frame({ side, address, isPicked }: { side: Side; address: string; isPicked: boolean }) {
  const screen = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<{ width: number; height: number; scale: number } | null>(null);
  const { name, line, title } = TEXTS.frames[side];

  useEffect(() => {
    const element = screen.current!;
    const fit = () => {
      const { clientWidth, clientHeight } = element;
      // Hidden: load nothing until the visitor picks it.
      if (clientWidth === 0) return;
      const scale = Math.min(1, clientWidth / WIDTH[side]);
      setSize({ width: clientWidth / scale, height: clientHeight / scale, scale });
    };
    const resized = new ResizeObserver(fit);
    resized.observe(element);
    return () => resized.disconnect();
  }, [side]);

  return (
    <figure className="frame" data-side={side} data-picked={isPicked}>
      <figcaption>
        <span>
          <strong>{name}</strong> {line}
        </span>
        <a href={address} target="_blank" rel="noreferrer" aria-label={TEXTS.opens(title)}>
          {TEXTS.open}
          <ArrowUpRight size={14} aria-hidden="true" />
        </a>
      </figcaption>
      <div ref={screen} className="screen">
        {size !== null && (
          <iframe
            title={title}
            src={address}
            allow="geolocation; screen-wake-lock; clipboard-write"
            style={{ width: size.width, height: size.height, transform: `scale(${size.scale})` }}
          />
        )}
      </div>
    </figure>
  );
}
