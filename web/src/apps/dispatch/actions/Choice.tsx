import { useEffect, useState } from 'react';
import type { NearbyDriver, Trip } from '#sdk';
import { distance } from '../../../shared/ui/format.js';
import type { BoardSession } from '../session.js';
import { TEXTS } from './texts.js';

type Props = {
  session: BoardSession;
  trip: Trip;
  chosen: string | null;
  onChoose: (id: string) => void;
};

const RADIUS_M = 5_000;
/** The service tells busy drivers, too; as many of all are asked for. */
const LIMIT = 50;
const CHOICE = 8;

/** The nearest free drivers of a trip. */
export function Choice({ session, trip, chosen, onChoose }: Props) {
  const [near, setNear] = useState<NearbyDriver[] | 'looking' | 'failed'>('looking');
  const { lat, lng } = trip.pickup;
  useEffect(() => {
    const look = new AbortController();
    session.api.nearbyDrivers({ lat, lng, radiusM: RADIUS_M, limit: LIMIT }, { signal: look.signal }).then(
      (drivers) => setNear(drivers.filter(({ status }) => status === 'available').slice(0, CHOICE)),
      () => {
        // That nobody is near must not be said by who could not ask.
        if (!look.signal.aborted) setNear('failed');
      },
    );
    return () => look.abort();
  }, [session, lat, lng]);
  if (near === 'looking') return <p>{TEXTS.looking}</p>;
  if (near === 'failed') return <p role="alert">{TEXTS.notAsked}</p>;
  if (near.length === 0) return <p>{TEXTS.nobody}</p>;
  return (
    <fieldset className="choice">
      <legend className="sr-only">{TEXTS.assign}</legend>
      {near.map(({ driverId, distanceM }) => {
        const { value, unit } = distance(distanceM);
        return (
          <label key={driverId}>
            <input
              type="radio"
              name="driver"
              checked={driverId === chosen}
              onChange={() => onChoose(driverId)}
            />
            {driverId}
            <span>
              {value} {unit}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
