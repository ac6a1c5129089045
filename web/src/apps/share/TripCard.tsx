import type { SharedDriver, SharedState } from '#protocol';
import { nameOf } from '../../shared/live/city-places.js';
import { ageMs, isArrivingAt, isStale } from '../../shared/live/figures.js';
import type { SharedTripState } from '../../shared/live/shared-trip.js';
import { Arrival } from '../../shared/ui/Arrival.js';
import { DriverFace } from '../../shared/ui/DriverFace.js';
import { age as ageText } from '../../shared/ui/format.js';
import { vehicleText } from '../../shared/ui/vehicle-text.js';
import { STATES, TEXTS } from './texts.js';

/** States in which the car reports its position to those who follow the link. */
const MOVING: ReadonlySet<SharedState> = new Set(['accepted', 'arriving', 'arrived', 'on_trip']);

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
    <div className="panel trip-card" data-stale={isOutdated}>
      <h1 className="eyebrow">{TEXTS.title}</h1>
      <p className="shared-state" role="status">
        {title}
      </p>
      {eta === null ? (
        <p className="shared-hint">{hint}</p>
      ) : (
        <Arrival eta={eta} now={now} isArriving={isArrivingAt(eta, state.position, state[eta.to])} />
      )}
      {state.driver !== null && <Driver driver={state.driver} />}
      {state.pickup !== null && state.dropoff !== null && (
        <p className="journey">
          <span data-kind="pickup">{nameOf(state.pickup)}</span>
          <span data-kind="dropoff">{nameOf(state.dropoff)}</span>
        </p>
      )}
      <Freshness state={state} now={now} />
    </div>
  );
}

const Driver = ({ driver: { firstName, photoUrl, vehicle } }: { driver: SharedDriver }) => (
  <div className="driver-row">
    <DriverFace name={firstName} photoUrl={photoUrl} />
    <p>
      <strong>{firstName}</strong>
      <span className="driver-vehicle">{vehicleText(vehicle)}</span>
    </p>
  </div>
);

function Freshness({ state, now }: Pick<Props, 'state' | 'now'>) {
  const { connection, position, arrives } = state;
  const isUnderWay = state.state !== null && MOVING.has(state.state);
  const age = ageMs(position, now);
  const isOld = isStale(age);
  const texts = [
    connection === 'offline' && TEXTS.offline,
    isOld && TEXTS.lastSeen(ageText(age!)),
    connection === 'online' && isUnderWay && arrives && !isOld && TEXTS.live,
  ].filter((text) => text !== false);
  return (
    <p className="freshness" data-old={isOld || connection === 'offline'}>
      {texts.join(' · ')}
    </p>
  );
}
