import { estimate, type Point } from '#geo';
import type { Estimate } from '#protocol';

/** Injection token of the {@link Router}. */
export const ROUTER = Symbol('router');

/** Position of a car and its recent pace. */
export type Start = Point & { paceMps: number };

export interface Router {
  /** Estimates distance and duration from each start to `to`, in the same order. Never rejects. */
  estimates(starts: Start[], to: Point): Promise<Estimate[]>;
}

/** Estimates without streets: the straight line times a detour factor. */
export class StraightLineRouter implements Router {
  async estimates(starts: Start[], to: Point): Promise<Estimate[]> {
    return starts.map((start) => straightLine(start, to));
  }
}

export function straightLine(start: Start, to: Point): Estimate {
  const { distanceM, durationS } = estimate(start, to, start.paceMps);
  return whole(distanceM, durationS, 'straight_line');
}

export const whole = (distanceM: number, durationS: number, by: Estimate['by']): Estimate => ({
  distanceM: Math.round(distanceM),
  durationS: Math.round(durationS),
  by,
});
