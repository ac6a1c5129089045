import type { Eta } from '#protocol';
import { distanceText, remaining, timeFormat } from './format.js';
import { TEXTS } from './texts.js';

const clock = timeFormat({ timeStyle: 'short' });

type Props = {
  eta: Eta;
  /** epoch ms by the service's clock */
  now: number;
  /** see `isArrivingAt` */
  isArriving: boolean;
};

/** Remaining time, time of arrival and distance. */
export function Arrival({ eta, now, isArriving }: Props) {
  if (isArriving) return <p className="arrival arrival-now">{TEXTS.arrivingNow}</p>;
  const remainingMs = Math.max(0, eta.at - now);
  const { value, unit } = remaining(remainingMs);
  // By the clock of the device, because the reader compares it with the time on the screen.
  const arrivesAt = Date.now() + remainingMs;
  return (
    <p className="arrival">
      <span className="arrival-figure">
        <span>{value}</span> <span className="unit">{unit}</span>
      </span>
      <span className="arrival-words">
        <span>{TEXTS.arrivesAt(clock.format(arrivesAt))}</span>
        <span>{TEXTS.away(distanceText(eta.distanceM))}</span>
      </span>
    </p>
  );
}
