/** How long to wait between tries. */
export type BackoffOptions = {
  /** the most that is waited before the second try, ms; 500 by default */
  baseMs?: number;
  /** the most that is ever waited, ms; 10,000 by default */
  ceilingMs?: number;
};

/** Between requests that the service did answer: it is there, and may have its store back at any moment. */
export const ANSWERED: BackoffOptions = { baseMs: 500, ceilingMs: 1_500 };

/**
 * Exponential backoff with full jitter: random(0, min(ceiling, base · 2^attempt)). Clients that were cut off together do
 * not come back together. Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 * @param attempt tries that failed before, from 0
 * @param random a number in [0, 1)
 * @returns ms
 */
export function backoffMs(
  attempt: number,
  random: number,
  { baseMs = 500, ceilingMs = 10_000 }: BackoffOptions = {},
): number {
  return random * Math.min(ceilingMs, baseMs * 2 ** attempt);
}
