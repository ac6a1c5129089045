import { useEffect, useState } from 'react';
import type { OfferedTrip } from '#protocol';
import { nameOf } from '../../shared/live/city-places.js';
import { distanceText, quantityText, remaining } from '../../shared/ui/format.js';
import type { DriverSession } from './session.js';
import { PINS, TEXTS } from './texts.js';

const RADIUS = 25;
const CIRCUMFERENCE = 2 * Math.PI * RADIUS;

type Props = { session: DriverSession; offer: OfferedTrip; isBusy: boolean; now: number };

/** An offered trip, to accept or decline before the countdown ends. */
export function Offer({ session, offer, isBusy, now }: Props) {
  const eta = quantityText(remaining(offer.durationS * 1_000));
  return (
    <div className="offer">
      <div className="sheet-head">
        <h1>
          <span role="status">{TEXTS.offer}</span>
        </h1>
        <Countdown key={offer.expiresAt} until={offer.expiresAt} now={now} />
      </div>
      <p className="progress">
        <strong>{eta}</strong>
        <span>{TEXTS.toPickup(distanceText(offer.distanceM))}</span>
      </p>
      <p className="journey">
        <span data-kind="pickup">
          <span className="sr-only">{`${PINS.pickup}: `}</span>
          <span>{nameOf(offer.pickup)}</span>
        </span>
        <span data-kind="dropoff">
          <span className="sr-only">{`${PINS.dropoff}: `}</span>
          <span>{TEXTS.around(nameOf(offer.dropoff))}</span>
        </span>
      </p>
      {offer.tripDistanceM !== undefined && offer.tripDurationS !== undefined && (
        <p className="offer-length">
          <span>
            {TEXTS.tripLength(distanceText(offer.tripDistanceM), Math.round(offer.tripDurationS / 60))}
          </span>
        </p>
      )}
      <div className="offer-answers">
        <button type="button" className="button" disabled={isBusy} onClick={() => void session.decline()}>
          {TEXTS.decline}
        </button>
        <button
          type="button"
          className="button button-go"
          disabled={isBusy}
          onClick={() => void session.accept()}
        >
          {TEXTS.accept}
        </button>
      </div>
    </div>
  );
}

function Countdown({ until, now }: { until: number; now: number }) {
  // The offer does not contain its full duration, so the ring starts full whenever it is first shown.
  const [fullMs] = useState(() => Math.max(1_000, until - now));
  const [leftMs, setLeftMs] = useState(fullMs);
  useEffect(() => {
    const from = performance.now();
    const timer = setInterval(() => setLeftMs(Math.max(0, fullMs - (performance.now() - from))), 100);
    return () => clearInterval(timer);
  }, [fullMs]);
  const seconds = Math.ceil(leftMs / 1_000);
  return (
    <span className="countdown" role="timer" aria-label={TEXTS.secondsLeft(seconds)}>
      <svg viewBox="0 0 60 60" width="60" height="60" aria-hidden="true">
        <circle className="countdown-track" cx="30" cy="30" r={RADIUS} />
        <circle
          className="countdown-left"
          cx="30"
          cy="30"
          r={RADIUS}
          strokeDasharray={CIRCUMFERENCE}
          strokeDashoffset={CIRCUMFERENCE * (1 - leftMs / fullMs)}
        />
      </svg>
      <span aria-hidden>{seconds}</span>
    </span>
  );
}
