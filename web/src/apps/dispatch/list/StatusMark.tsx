import type { VehicleState } from '../fleet-store.js';

/** Vehicle icon as on the map: solid when available, hollow when busy or not known, hollow with a dot on a trip. */
export const StatusMark = ({ state }: { state: VehicleState | null }) => (
  <svg
    className={`status-mark status-${state ?? 'unknown'}`}
    width="14"
    height="14"
    viewBox="0 0 12 12"
    aria-hidden="true"
  >
    <path d="M6 1 10.2 10.6 6 8.7 1.8 10.6Z" />
    {state === 'on_trip' && <circle cx="6" cy="6.6" r="1.3" />}
  </svg>
);
