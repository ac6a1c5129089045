import { useEffect, useState } from 'react';
import type { NearbyDriver, Trip } from '#sdk';
import { distanceText } from '../../../shared/ui/format.js';
import { limitText } from '../../../shared/ui/lengths.js';
import type { BoardSession } from '../session.js';
import { TEXTS } from './texts.js';

type Props = {
  session: BoardSession;
  trip: Trip;
  chosen: string | null;
  onChoose: (id: string) => void;
};

const RADIUS_M = 5_000;
/** The service returns busy drivers too, so ask for more than are shown. */
const LIMIT = 50;
const MAX_SHOWN = 8;

/** Radio list of the available drivers nearest to a trip's pickup. */
export function DriverChoice({ session, trip, chosen, onChoose }: Props) {
  const [nearby, setNearby] = useState<NearbyDriver[] | 'searching' | 'failed'>('searching');
  const { lat, lng } = trip.pickup;
  useEffect(() => {
    const search = new AbortController();
    session.api.nearbyDrivers({ lat, lng, radiusM: RADIUS_M, limit: LIMIT }, { signal: search.signal }).then(
      (drivers) => setNearby(drivers.filter(({ status }) => status === 'available').slice(0, MAX_SHOWN)),
      () => {
        // A failed search must not look like an empty result.
        if (!search.signal.aborted) setNearby('failed');
      },
    );
    return () => search.abort();
  }, [session, lat, lng]);
  if (nearby === 'searching') return <p>{TEXTS.searching}</p>;
  if (nearby === 'failed') return <p role="alert">{TEXTS.searchFailed}</p>;
  if (nearby.length === 0) return <p>{TEXTS.noDrivers(limitText(RADIUS_M))}</p>;
  return (
    <fieldset className="choice">
      <legend className="sr-only">{TEXTS.assign}</legend>
      {nearby.map(({ driverId, distanceM }) => (
        <label key={driverId}>
          <input
            type="radio"
            name="driver"
            checked={driverId === chosen}
            onChange={() => onChoose(driverId)}
          />
          <span>{driverId}</span>
          <span>{distanceText(distanceM)}</span>
        </label>
      ))}
    </fieldset>
  );
}
