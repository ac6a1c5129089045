import type { Eta } from '#protocol';
import type { SharedTripState } from '../../shared/live/shared-trip.js';
import { age as ageText, distance } from '../../shared/ui/format.js';
import { ageMs, isStale, remaining } from './figures.js';
import { STATES, TEXTS } from './texts.js';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

type Props = { state: SharedTripState; stale: boolean; now: number };

export function TripCard({ state, stale, now }: Props) {
  const { eta } = state;
  const { words, hint } = state.state === null ? { words: TEXTS.connecting, hint: '' } : STATES[state.state];
  return (
    <main className="panel trip-card" data-stale={stale}>
      <h1 className="eyebrow">{TEXTS.title}</h1>
      <p className="shared-state" role="status">
        {words}
      </p>
      {eta === null ? (
        <p className="shared-hint">{hint}</p>
      ) : (
        <Arrival eta={eta} now={now + state.clockAheadMs} clockAheadMs={state.clockAheadMs} />
      )}
      <Freshness state={state} now={now} />
    </main>
  );
}

/** @param props.now by the clock of the service */
function Arrival({ eta, now, clockAheadMs }: { eta: Eta; now: number; clockAheadMs: number }) {
  const { value, unit } = remaining(eta.at - now);
  const way = distance(eta.distanceM);
  return (
    <p className="arrival">
      <span className="arrival-figure">
        {value} <span className="unit">{unit}</span>
      </span>
      <span className="arrival-words">
        <span>{TEXTS.arrivesAt(clock.format(Math.max(eta.at, now) - clockAheadMs))}</span>
        <span>{TEXTS.away(`${way.value} ${way.unit}`)}</span>
      </span>
    </p>
  );
}

function Freshness({ state, now }: { state: SharedTripState; now: number }) {
  const age = ageMs(state, now);
  const isOld = isStale(age);
  const words = [
    state.connection === 'offline' && TEXTS.lost,
    isOld && TEXTS.seen(ageText(age!)),
    state.connection === 'online' && age !== null && !isOld && TEXTS.live,
  ].filter((text) => text !== false);
  return (
    <p className="freshness" data-old={isOld || state.connection === 'offline'}>
      {words.join(' · ')}
    </p>
  );
}
