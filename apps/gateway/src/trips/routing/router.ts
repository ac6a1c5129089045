import { estimate, type Point } from '#geo';
import type { Estimate } from '#protocol';

/** Under which Nest injects the {@link Router} of this installation. */
export const ROUTER = Symbol('router');

/** Where a car sets off, and how fast it has got along lately. */
export type Start = Point & { paceMps: number };

export interface Router {
  /** For each start, how far it is to `to` and how long it takes. Never rejects. */
  estimates(starts: Start[], to: Point): Promise<Estimate[]>;
}

/** Knows no streets. */
export class StraightLineRouter implements Router {
  async estimates(starts: Start[], to: Point): Promise<Estimate[]> {
    return starts.map((start) => straightLine(start, to));
  }
}

export function straightLine(start: Start, to: Point): Estimate {
  const { distanceM, durationS } = estimate(start, to, start.paceMps);
  return whole(distanceM, durationS, 'detour');
}

export const whole = (distanceM: number, durationS: number, by: Estimate['by']): Estimate => ({
  distanceM: Math.round(distanceM),
  durationS: Math.round(durationS),
  by,
});
