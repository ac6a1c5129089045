import { ageMs, isStale } from '../../shared/live/figures.js';
import type { SharedTripState } from '../../shared/live/shared-trip.js';
import { Arrival } from '../../shared/ui/Arrival.js';
import { age as ageText } from '../../shared/ui/format.js';
import { STATES, TEXTS } from './texts.js';

type Props = {
  state: SharedTripState;
  isOutdated: boolean;
  /** epoch ms by the service's clock */
  now: number;
};

export function TripCard({ state, isOutdated, now }: Props) {
  const { eta } = state;
  const { title, hint } = state.state === null ? { title: TEXTS.connecting, hint: '' } : STATES[state.state];
  return (
    <main className="panel trip-card" data-stale={isOutdated}>
      <h1 className="eyebrow">{TEXTS.title}</h1>
      <p className="shared-state" role="status">
        {title}
      </p>
      {eta === null ? <p className="shared-hint">{hint}</p> : <Arrival eta={eta} now={now} />}
      <Freshness state={state} now={now} />
    </main>
  );
}

function Freshness({ state, now }: Pick<Props, 'state' | 'now'>) {
  const { connection, position } = state;
  const age = ageMs(position, now);
  const isOld = isStale(age);
  const texts = [
    connection === 'offline' && TEXTS.offline,
    isOld && TEXTS.lastSeen(ageText(age!)),
    connection === 'online' && age !== null && !isOld && TEXTS.live,
  ].filter((text) => text !== false);
  return (
    <p className="freshness" data-old={isOld || connection === 'offline'}>
      {texts.join(' · ')}
    </p>
  );
}
