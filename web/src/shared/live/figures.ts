import { distanceM } from '#geo';
import { ARRIVING_M, type Eta, type Position } from '#protocol';

/** A position older than this is shown as stale, ms. */
const STALE_MS = 15_000;

/** Whether a car is so close to its goal that no time is worth showing. @param position newest one, if known */
export const isArrivingAt = (eta: Eta, position: Position | null, goal: Position | null): boolean =>
  eta.durationS === 0 || (position !== null && goal !== null && distanceM(position, goal) <= ARRIVING_M);

/**
 * Time since the service received a position, ms; null without one.
 * @param now epoch ms by the service's clock
 */
export const ageMs = (position: { receivedAt: number } | null, now: number): number | null =>
  position === null ? null : Math.max(0, now - position.receivedAt);

export const isStale = (age: number | null): boolean => age !== null && age > STALE_MS;
