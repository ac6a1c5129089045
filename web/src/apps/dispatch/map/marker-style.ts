import { HIDDEN, ON_TRIP } from '../../../shared/map/palette.js';
import { type Filter, matches, type Row, type VehicleState } from '../fleet-store.js';

/** Status code of the followed vehicle, which is drawn separately, larger and above the others. */
export const FOLLOWED = 2;
/** Status codes of the overlay; each has its own shape. One that is not known has that of a busy vehicle, never of a free one. */
const STATUS_CODES: Record<VehicleState, number> = { available: 0, busy: 1, on_trip: ON_TRIP, offline: 1 };
/** Added for a vehicle without a signal, which is drawn grey. */
const STALE = 10;
/** Added for the hovered vehicle, which is drawn larger. */
const HOVERED = 20;

/** Vehicles that are drawn differently from the others. */
export type Highlighted = { followed: string | null; hovered: string | null };

/** Returns the overlay's status code of a vehicle. Filtered vehicles and the followed one are hidden: the latter is drawn separately. */
export function markerStyle(row: Row, filter: Filter, { followed, hovered }: Highlighted): number {
  if (row.id === followed || !matches(row, filter)) return HIDDEN;
  return STATUS_CODES[row.state ?? 'busy'] + (row.isStale ? STALE : 0) + (row.id === hovered ? HOVERED : 0);
}
