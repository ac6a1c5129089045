import { ArrowUpRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { signInFrame } from '../../shared/live/embedding.js';
import { SIGN_IN_ATTRIBUTE } from '../../shared/live/identity.js';
import type { Side } from './session.js';
import { TEXTS } from './texts.js';

/** Minimum width of each app, px. Narrower frames are scaled down. */
const WIDTH: Record<Side, number> = { rider: 390, driver: 390, dispatch: 1_360 };

type Props = {
  side: Side;
  /** null while there is nothing to show */
  address: string | null;
  token: () => Promise<string>;
  isPicked: boolean;
};

/** An app in a window of its own. On a phone only the picked one is opened, and stays open. */
export function Frame({ side, address, token, isPicked }: Props) {
  const screen = useRef<HTMLDivElement>(null);
  const page = useRef<HTMLIFrameElement>(null);
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

  useEffect(() => signInFrame(() => page.current, token), [token]);

  return (
    <figure className="frame" data-side={side} data-picked={isPicked}>
      <figcaption>
        <span>
          <strong>{name}</strong> <span>{line}</span>
        </span>
        {/* A named window has an opener, so it gets a copy of this tab's sessionStorage: the same visitor. */}
        <a href={address ?? '/dispatch'} target={`hexfleet-${side}`} aria-label={TEXTS.opens(title)}>
          {TEXTS.open}
          <ArrowUpRight size={14} aria-hidden="true" />
        </a>
      </figcaption>
      <div ref={screen} className="screen">
        {size !== null && address !== null && (
          <iframe
            ref={page}
            {...{ [SIGN_IN_ATTRIBUTE]: '' }}
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
