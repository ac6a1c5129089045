import type { Trip } from '#protocol';
import type { FollowedTripState } from '../live/followed-trip.js';
import { count, distance, duration } from '../ui/format.js';
import { TEXTS } from './texts.js';

const T = TEXTS.trip;

export function TripSummary({ state, trip }: { state: FollowedTripState; trip: Trip }) {
  const inCarAt = state.inCarAt ?? trip.changedAt;
  const { value, unit } = distance(state.drivenM);
  return (
    <>
      <dl className="summary">
        <Figure name={T.waited} value={duration(inCarAt - trip.createdAt)} />
        <Figure name={T.rode} value={duration(trip.changedAt - inCarAt)} />
        <Figure name={T.way} value={value} unit={unit} />
        <Figure name={T.positions} value={count(state.positions)} />
      </dl>
      <p className="trip-hint">{T.summary}</p>
    </>
  );
}

const Figure = ({ name, value, unit }: { name: string; value: string; unit?: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      <span className="figure">{value}</span> {unit !== undefined && <span className="unit">{unit}</span>}
    </dd>
  </div>
);
