/** A position older than this is shown as stale, ms. */
const STALE_MS = 15_000;
/** Below one minute the countdown moves in steps of this size, s. */
const STEP_S = 5;

/** Formats a remaining time, ms, as one figure: 12 min, 45 s. */
export function remaining(ms: number): { value: string; unit: string } {
  const seconds = Math.max(STEP_S, Math.ceil(ms / 1_000 / STEP_S) * STEP_S);
  return seconds <= 60 - STEP_S
    ? { value: String(seconds), unit: 's' }
    : { value: String(Math.ceil(seconds / 60)), unit: 'min' };
}

/**
 * Time since the service received a position, ms; null without one.
 * @param now epoch ms by the service's clock
 */
export const ageMs = (position: { receivedAt: number } | null, now: number): number | null =>
  position === null ? null : Math.max(0, now - position.receivedAt);

export const isStale = (age: number | null): boolean => age !== null && age > STALE_MS;
