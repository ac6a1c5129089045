import { distanceM } from '#geo';
import type { FollowedTripState } from '../live/followed-trip.js';
import type { Store } from '../live/store.js';
import type { Scene } from '../map/scene.js';
import { age, distance } from '../ui/format.js';
import { useNow, useStore } from '../ui/hooks.js';
import { Target } from '../ui/icons.js';
import { TripSummary } from './TripSummary.js';
import { STEPS, TEXTS, TRIP_STATES } from './texts.js';

const T = TEXTS.trip;

export function TripPanel({ followed, scene }: { followed: Store<FollowedTripState>; scene: Scene | null }) {
  const state = useStore(followed);
  const { phase, trip } = state;
  const { words, step } = trip === null ? { words: T.looking, step: -1 } : TRIP_STATES[trip.state];
  return (
    <section className="panel trip" aria-labelledby="trip-title">
      <h2 id="trip-title" className="eyebrow">
        {T.title}
      </h2>
      <div className="trip-head">
        <p className="trip-state" role="status">
          {words}
        </p>
        {scene && phase === 'following' && <FollowButton scene={scene} />}
      </div>
      <ol className="steps" aria-label={T.steps}>
        {STEPS.map((name, index) => (
          <li key={name} data-reached={index <= step} aria-current={index === step ? 'step' : undefined}>
            {name}
          </li>
        ))}
      </ol>
      {phase === 'looking' && <p className="trip-hint">{T.lookingHint}</p>}
      {phase === 'following' && <Way state={state} />}
      {phase === 'over' && trip !== null && <TripSummary state={state} trip={trip} />}
      {phase === 'following' && <Facts state={state} />}
    </section>
  );
}

function FollowButton({ scene }: { scene: Scene }) {
  const on = useStore(scene.camera.follows);
  return (
    <button type="button" className="follow" aria-pressed={on} onClick={() => scene.camera.follow(!on)}>
      <Target />
      {on ? T.following : T.follow}
    </button>
  );
}

function Way({ state: { trip, position } }: { state: FollowedTripState }) {
  if (trip === null || position === null) return <p className="way">&nbsp;</p>;
  if (trip.state === 'arrived') return <p className="way way-words">{T.atPickup}</p>;
  const onTrip = trip.state === 'on_trip';
  const { value, unit } = distance(distanceM(position, onTrip ? trip.dropoff : trip.pickup));
  return (
    <p className="way">
      <span className="way-value">{value}</span> <span className="unit">{unit}</span>
      <span className="way-words">{onTrip ? T.toDropoff : T.toPickup}</span>
    </p>
  );
}

function Facts({ state: { heardAt, node, trip, silent, connection } }: { state: FollowedTripState }) {
  const now = useNow(200);
  const isUp = connection === 'online' || connection === 'reading';
  const trouble = isUp ? silent && T.silent : T.offline;
  return (
    <>
      {trouble && <p className="trip-trouble">{trouble}</p>}
      <dl className="facts">
        <dt>{T.position}</dt>
        <dd>{heardAt === null ? T.none : T.ago(age(now - heardAt))}</dd>
        <dt>{T.driver}</dt>
        <dd>{trip?.driverId}</dd>
        <dt>{T.node}</dt>
        <dd>{node}</dd>
      </dl>
    </>
  );
}
