import { HIDDEN, ON_TRIP } from '../../../shared/map/palette.js';
import { type Filter, passes, type Row, type VehicleState } from '../fleet.js';

/** Drawn by itself, larger and above the rest. */
export const FOLLOWED = 2;
/** Statuses as the overlay draws them; each has a shape of its own. */
const STYLES: Record<VehicleState, number> = { available: 0, busy: 1, on_trip: ON_TRIP };
/** Added to the status of a vehicle that is unheard for a while, which is drawn grey. */
const OLD = 10;
/** Added for the one that is hovered at, which is drawn larger. */
const HOVERED = 20;

/** Who is drawn in another way than the rest. */
export type Marked = { followed: string | null; hovered: string | null };

/** How the map draws a vehicle: what the list leaves out is not seen, and what is followed is drawn by itself. */
export function styleOf(row: Row, filter: Filter, { followed, hovered }: Marked): number {
  if (row.id === followed || !passes(row, filter)) return HIDDEN;
  return STYLES[row.state] + (row.isStale ? OLD : 0) + (row.id === hovered ? HOVERED : 0);
}
