import { distanceM, estimate, type Point } from '#geo';
import { ARRIVING_M, type Estimate, type Position } from '#protocol';

/** Injection token of the {@link Router}. */
export const ROUTER = Symbol('router');

/** Position of a car, its recent pace, and its heading, degrees, by which its side of the street is known. */
export type Start = Point & { paceMps: number; heading?: number };

/** Route along streets, from the car to a place. */
export type Route = Estimate & { line: Position[] };

export interface Router {
  /** Estimates distance and duration from each start to `to`, in the same order. Never rejects. */
  estimates(starts: Start[], to: Point): Promise<Estimate[]>;
  /** Returns the route to a place; null if no streets are known. Never rejects. */
  route(start: Start, to: Point): Promise<Route | null>;
  /** Returns the nearest point of a street and its distance, metres; null if no streets are known. Never rejects. */
  nearest(place: Point): Promise<(Position & { awayM: number }) | null>;
}

/** Estimates without streets: the straight line times a detour factor. */
export class StraightLineRouter implements Router {
  async estimates(starts: Start[], to: Point): Promise<Estimate[]> {
    return starts.map((start) => straightLine(start, to));
  }

  async route(): Promise<null> {
    return null;
  }

  async nearest(): Promise<null> {
    return null;
  }
}

export function straightLine(start: Start, to: Point): Estimate {
  const { distanceM, durationS } = estimate(start, to, start.paceMps);
  return whole(distanceM, durationS, 'straight_line');
}

/** A car that is arriving now needs no time any more, whatever the pace or the last metres of street say. */
export const untilArrival = (estimate: Estimate, start: Point, to: Point): Estimate =>
  distanceM(start, to) <= ARRIVING_M ? { ...estimate, durationS: 0 } : estimate;

export const whole = (distanceM: number, durationS: number, by: Estimate['by']): Estimate => ({
  distanceM: Math.round(distanceM),
  durationS: Math.round(durationS),
  by,
});
