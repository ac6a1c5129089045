import type { HexfleetError } from './errors.js';

/** Range of the pause between attempts. */
export type BackoffOptions = {
  /** upper bound of the first pause, ms; 500 by default */
  baseMs?: number;
  /** upper bound of every pause, ms; 10,000 by default */
  ceilingMs?: number;
};

/**
 * Decides when a client connects again.
 * @param attempt failures in a row before this one, from 0; a connection that lasted five seconds resets it
 * @param error why the connection ended or the attempt failed; its code is `UNAVAILABLE` unless the service refused it
 * @returns ms until the next attempt; null to stop, which leaves the client `refused` with this error
 */
export type ReconnectPolicy = (attempt: number, error: HexfleetError) => number | null;

/** For requests that the service answered with "try again": it is reachable, so its store may be back soon. */
export const ANSWERED: BackoffOptions = { baseMs: 500, ceilingMs: 1_500 };

/**
 * Exponential backoff with full jitter: random(0, min(ceiling, base · 2^attempt)). Clients that lost their connections
 * together do not reconnect together. Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 * @param attempt failures in a row, from 0
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

/** The default policy: reconnects forever, after the pauses of {@link backoffMs}. */
export const fullJitter =
  (backoff: BackoffOptions = {}): ReconnectPolicy =>
  (attempt) =>
    backoffMs(attempt, Math.random(), backoff);
