import type { MapView } from '../../../shared/map/map-view.js';
import { apply, type Point, type Position } from '../../../shared/map/plane.js';

/** Maximum distance from the pointer at which a vehicle is hit. */
const HIT_PX = 22;

/** Returns the vehicle nearest to a position on the screen, within {@link HIT_PX}; null without one. */
export function nearestTo(
  { map, plane }: MapView,
  at: Position,
  vehicles: Iterable<readonly [id: string, at: Point]>,
): string | null {
  const view = map.view();
  const pointer = apply(plane.toScreen(view), plane.from(at));
  const copies = plane.copiesToScreen(view);
  let nearest: string | null = null;
  let nearestPx = HIT_PX;
  for (const [id, point] of vehicles) {
    const distances = copies.map((toScreen) => {
      const { x, y } = apply(toScreen, point);
      return Math.hypot(x - pointer.x, y - pointer.y);
    });
    const px = Math.min(...distances);
    if (px < nearestPx) [nearest, nearestPx] = [id, px];
  }
  return nearest;
}
