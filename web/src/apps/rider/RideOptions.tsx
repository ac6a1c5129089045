import { useEffect, useState } from 'react';
import type { OfferedClass } from '#protocol';
import { keep, kept } from '../../shared/live/browser-storage.js';
import { OPTIONS as TEXTS } from './choose-texts.js';
import type { RiderSession } from './session.js';
import type { RiderState } from './state.js';

const KEY = 'hexfleet-with-pin';
/** Time for which the pick-up must stay where it is before its classes are read, ms. */
const SETTLE_MS = 400;

type Props = { session: RiderSession; state: RiderState };

/** Options of a request; the PIN as the rider chose it the last time on this device. */
export default function RideOptions({ session, state }: Props) {
  const { withPin } = state;
  useEffect(() => session.state.change({ withPin: kept(KEY) === '1' }), [session]);
  return (
    <>
      <VehicleOptions session={session} state={state} />
      <label className="ride-option">
        <input
          type="checkbox"
          checked={withPin}
          onChange={({ target }) => {
            keep(KEY, target.checked ? '1' : '0');
            session.state.change({ withPin: target.checked });
          }}
        />
        <span>
          <strong>{TEXTS.pin}</strong>
          <span>{TEXTS.hint}</span>
        </span>
      </label>
    </>
  );
}

/** Class of the vehicle and number of seats, if the service offers a choice at the pick-up. */
function VehicleOptions({ session, state: { pickup, vehicleClass, seats } }: Props) {
  const [classes, setClasses] = useState<readonly OfferedClass[]>([]);
  useEffect(() => {
    const request = new AbortController();
    const timer = setTimeout(() => {
      session.api.service(pickup, { signal: request.signal }).then(
        ({ vehicleClasses }) => setClasses(vehicleClasses),
        // Without the choice, any car may come.
        () => {},
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [session, pickup]);
  const isOffered = classes.some((offered) => offered.vehicleClass === vehicleClass);
  useEffect(() => {
    if (classes.length > 0 && vehicleClass !== null && !isOffered)
      session.state.change({ vehicleClass: null });
  }, [session, classes, vehicleClass, isOffered]);
  const chosen = classes.filter((offered) => vehicleClass === null || offered.vehicleClass === vehicleClass);
  const most = Math.max(1, ...chosen.map((offered) => offered.seats));
  useEffect(() => {
    if (classes.length > 0 && seats > most) session.state.change({ seats: most });
  }, [session, classes, seats, most]);
  if (classes.length === 0) return null;
  return (
    <div className="vehicle-options">
      {classes.length > 1 && (
        <label>
          <span>{TEXTS.vehicle}</span>
          <select
            value={vehicleClass ?? ''}
            onChange={({ target }) => session.state.change({ vehicleClass: target.value || null })}
          >
            <option value="">{TEXTS.anyClass}</option>
            {classes.map((offered) => (
              <option key={offered.vehicleClass} value={offered.vehicleClass}>
                {TEXTS.classOf(offered.vehicleClass, offered.seats)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        <span>{TEXTS.seats}</span>
        <select
          value={seats}
          onChange={({ target }) => session.state.change({ seats: Number(target.value) })}
        >
          {Array.from({ length: most }, (_, i) => i + 1).map((n) => (
            <option key={n} value={n}>
              {n}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
