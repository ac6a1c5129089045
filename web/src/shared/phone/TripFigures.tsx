import type { TripSummary } from '#protocol';
import { nameOf } from '../live/city-places.js';
import { distanceText, duration } from '../ui/format.js';
import { TEXTS } from './figures-texts.js';

type Props = { summary: TripSummary | null; party: 'rider' | 'driver' };

/** Distance and times of a completed trip. The map shows its path. */
export default function TripFigures({ summary, party }: Props) {
  if (summary === null)
    return (
      <p className="sheet-hint" role="status">
        {TEXTS.loading}
      </p>
    );
  const { trip, distanceM, durationS, approachS, waitingS } = summary;
  const figures = [
    { name: TEXTS.distance, value: distanceM === null ? TEXTS.unknown : distanceText(distanceM) },
    { name: TEXTS.duration, value: duration(durationS * 1_000) },
    { name: TEXTS.approach[party], value: duration(approachS * 1_000) },
    ...(party === 'driver' ? [{ name: TEXTS.waited, value: duration(waitingS * 1_000) }] : []),
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
