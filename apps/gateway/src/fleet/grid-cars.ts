import { Injectable } from '@nestjs/common';
import { bearing, distanceM, type Point } from '#geo';
import { RIDER_INTERVAL_MS } from '#protocol';
import type { GridCar } from '#realtime';
import { BoundedMap } from '#store';

/** A car that riders see, until the next interval. */
export type HeldCar = Omit<GridCar, 'receivedAt'> & { heading: number | null; t: number };

/** Maximum number of cars that are remembered; those that are forgotten have no heading until they have moved again. */
const MAX_CARS = 50_000;
/** Distance over which a heading is measured: between neighbours on the grid it would be a multiple of 45 degrees. */
const HEADING_FROM_M = 100;
const MAX_TRAIL = 5;
const HEADING_STEP = 15;

/** `next` is the newest position since, which is shown from the next interval on. */
type Held = { car: HeldCar; receivedAt: number; interval: number; trail: Point[]; next: GridCar | null };

/**
 * The cars as all riders of this gateway see them: each stays where it was first seen in an interval until the next one begins,
 * so neither frequent requests nor several sessions show more. A heading follows from grid points under the same name.
 */
@Injectable()
export class GridCars {
  readonly #held = new BoundedMap<string, Held>(MAX_CARS);

  /** @param now epoch ms */
  hold(position: GridCar, now: number): HeldCar {
    const { receivedAt, ...car } = position;
    const before = this.#held.get(car.key);
    const interval = Math.floor(now / RIDER_INTERVAL_MS);
    if (before !== undefined && (before.next ?? before).receivedAt >= receivedAt)
      return this.#current(before, now);
    if (before !== undefined && before.interval >= interval) {
      before.next = position;
      return before.car;
    }
    const trail = trailOf(before?.trail ?? [], car);
    const t = Math.floor(receivedAt / RIDER_INTERVAL_MS) * RIDER_INTERVAL_MS;
    const held = { ...car, t, heading: headingOf(trail) };
    // Again at the end, so that cars which are not shown any more are forgotten first.
    this.#held.delete(car.key);
    this.#held.set(car.key, { car: held, receivedAt, interval, trail, next: null });
    return held;
  }

  /** Returns a car as it is shown now, and whether it has a newer position for the next interval; null if it is not known. */
  current(key: string, now: number): { car: HeldCar; isWaiting: boolean } | null {
    const before = this.#held.get(key);
    if (before === undefined) return null;
    const car = this.#current(before, now);
    return { car, isWaiting: this.#held.get(key)!.next !== null };
  }

  #current(before: Held, now: number): HeldCar {
    const { next, interval, car } = before;
    if (next === null || interval >= Math.floor(now / RIDER_INTERVAL_MS)) return car;
    before.next = null;
    return this.hold(next, now);
  }
}

function trailOf(trail: Point[], { lat, lng }: Point): Point[] {
  const last = trail.at(-1);
  if (last !== undefined && last.lat === lat && last.lng === lng) return trail;
  return [...trail, { lat, lng }].slice(-MAX_TRAIL);
}

function headingOf(trail: Point[]): number | null {
  const here = trail.at(-1)!;
  const from = trail.findLast((point) => distanceM(point, here) >= HEADING_FROM_M) ?? trail[0]!;
  if (from === here) return null;
  return (Math.round(bearing(from, here) / HEADING_STEP) * HEADING_STEP) % 360;
}
