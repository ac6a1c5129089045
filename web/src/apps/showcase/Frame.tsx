import { ArrowUpRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { SELECTS_ATTRIBUTE, signInFrame } from '../../shared/live/embedding.js';
import { SIGN_IN_ATTRIBUTE } from '../../shared/live/identity.js';
import type { Side } from './session.js';
import { TEXTS } from './texts.js';

/** Minimum width of each app, px. Narrower frames are scaled down. */
const WIDTH: Record<Side, number> = { rider: 390, driver: 390, dispatch: 1_360 };
/** A narrower board is not scaled: it has a layout for phones. */
const PHONE_PX = 480;
/** The app that runs also while it is hidden: without a driver no trip is played. It draws no map until it is shown. */
const ALWAYS_RUNS: Side = 'driver';
const HIDDEN = { width: 0, height: 0, scale: 1 };

type Props = {
  side: Side;
  address: string;
  /** query of the view that the app selects, if it has views */
  selects?: string | undefined;
  token: () => Promise<string>;
  isPicked: boolean;
};

/** An app in a window of its own. On a phone only the picked one and the driver's are opened, and stay open. */
export function Frame({ side, address, selects, token, isPicked }: Props) {
  const screen = useRef<HTMLDivElement>(null);
  const page = useRef<HTMLIFrameElement>(null);
  const [size, setSize] = useState(side === ALWAYS_RUNS ? HIDDEN : null);
  const { name, line, title } = TEXTS.frames[side];

  useEffect(() => {
    const element = screen.current!;
    const fit = () => {
      const { clientWidth, clientHeight } = element;
      // Hidden: it loads once the visitor picks it.
      if (clientWidth === 0) return;
      const isPhoneBoard = side === 'dispatch' && clientWidth < PHONE_PX;
      const scale = isPhoneBoard ? 1 : Math.min(1, clientWidth / WIDTH[side]);
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
        <a
          href={selects === undefined ? address : `${address}?${selects}`}
          target={`hexfleet-${side}`}
          aria-label={TEXTS.opens(title)}
        >
          {TEXTS.open}
          <ArrowUpRight size={14} aria-hidden="true" />
        </a>
      </figcaption>
      <div ref={screen} className="screen">
        {size !== null && (
          <iframe
            ref={page}
            {...{ [SIGN_IN_ATTRIBUTE]: '', [SELECTS_ATTRIBUTE]: selects }}
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
