import type { Eta } from '#protocol';
import { remaining } from '../live/figures.js';
import { distanceText } from './format.js';
import { TEXTS } from './texts.js';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

type Props = {
  eta: Eta;
  /** epoch ms by this device */
  now: number;
  clockAheadMs: number;
};

/** Remaining time, time of arrival and distance. */
export function Arrival({ eta, now, clockAheadMs }: Props) {
  const arrivesAt = eta.at - clockAheadMs;
  const { value, unit } = remaining(arrivesAt - now);
  return (
    <p className="arrival">
      <span className="arrival-figure">
        {value} <span className="unit">{unit}</span>
      </span>
      <span className="arrival-words">
        <span>{TEXTS.arrivesAt(clock.format(Math.max(arrivesAt, now)))}</span>
        <span>{TEXTS.away(distanceText(eta.distanceM))}</span>
      </span>
    </p>
  );
}
