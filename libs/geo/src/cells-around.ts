import { cellToBoundary, cellToLatLng } from 'h3-js';
import { BEHIND_M, RIDER_GRID_M } from './concealment.js';
import { coverCircle } from './cover-circle.js';
import { distanceM } from './distance.js';
import { INDEX_RESOLUTION } from './grid.js';

/** Upper bound of the distance between a car and the grid point where riders see it, metres. */
export const SHOWN_WITHIN_M = BEHIND_M + RIDER_GRID_M;

/**
 * Returns the index cells that the circle around a nearby cell touches, so each car that riders see in the nearby cell is in one
 * of them. Not only its parent: the car is a little ahead, and the cells of two resolutions of H3 do not contain each other.
 */
export function indexCellsAround(nearbyCell: string): string[] {
  const [lat, lng] = cellToLatLng(nearbyCell);
  const centre = { lat, lng };
  const corners = cellToBoundary(nearbyCell).map(([lat, lng]) => ({ lat, lng }));
  return coverCircle(
    centre,
    SHOWN_WITHIN_M + Math.max(...corners.map((corner) => distanceM(centre, corner))),
    INDEX_RESOLUTION,
  );
}
