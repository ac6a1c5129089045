import { nameOf } from '../../shared/live/city-places.js';
import { distanceText, duration } from '../../shared/ui/format.js';
import type { RiderState } from './state.js';
import { TEXTS } from './texts.js';

/** Distance and times of a completed trip. The map shows its path. */
export default function Summary({ state: { summary } }: { state: RiderState }) {
  if (summary === null)
    return (
      <p className="sheet-hint" role="status">
        {TEXTS.loadingSummary}
      </p>
    );
  const { trip, distanceM, durationS, approachS } = summary;
  const figures = [
    { name: TEXTS.summary.distance, value: distanceM === null ? TEXTS.unknown : distanceText(distanceM) },
    { name: TEXTS.summary.duration, value: duration(durationS * 1_000) },
    { name: TEXTS.summary.waited, value: duration(approachS * 1_000) },
  ];
  return (
    <>
      <dl className="summary">
        {figures.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="journey">
        <span data-kind="pickup">{nameOf(trip.pickup)}</span>
        <span data-kind="dropoff">{nameOf(trip.dropoff)}</span>
      </p>
    </>
  );
}
