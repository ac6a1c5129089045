import { wrapLng } from '#geo';
import type { Car, Position } from '#protocol';

export type DrawnCar = Position & { heading: number };

/**
 * Computes where to draw the cars nearby, which the service reports on a coarse grid: halfway between the last two grid points,
 * because a straight drive zigzags between those. A car that has not moved yet points in a direction of its own, as parked cars
 * do.
 */
export class CarPaths {
  readonly #last = new Map<string, { car: Car; drawn: DrawnCar }>();

  next(car: Car): DrawnCar {
    const last = this.#last.get(car.id);
    const heading = car.heading ?? last?.drawn.heading ?? directionOf(car.id);
    const { lat, lng } = last === undefined ? car : halfway(last.car, car);
    const drawn = { lat, lng, heading };
    this.#last.set(car.id, { car, drawn });
    return drawn;
  }

  forget(isGone: (id: string) => boolean): void {
    for (const id of this.#last.keys()) if (isGone(id)) this.#last.delete(id);
  }
}

const halfway = (from: Position, to: Position): Position => ({
  lat: (from.lat + to.lat) / 2,
  lng: wrapLng(from.lng + wrapLng(to.lng - from.lng) / 2),
});

/** A direction that stays the same for a car. */
function directionOf(id: string): number {
  let hash = 0;
  for (let i = 0; i < id.length; i += 1) hash = (hash * 31 + id.charCodeAt(i)) % 360;
  return hash;
}
