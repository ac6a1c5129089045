import { nameOf } from '../../shared/live/city-places.js';
import { distance, duration } from '../../shared/ui/format.js';
import type { RiderState } from './state.js';
import { TEXTS } from './texts.js';

/** How the trip went; its way is on the map. */
export default function Summary({ state: { summary } }: { state: RiderState }) {
  if (summary === null)
    return (
      <p className="sheet-hint" role="status">
        {TEXTS.summing}
      </p>
    );
  const { trip, distanceM, durationS, approachS } = summary;
  const way = distanceM === null ? null : distance(distanceM);
  const figures = [
    { name: TEXTS.summary.distance, value: way === null ? TEXTS.unknown : `${way.value} ${way.unit}` },
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
