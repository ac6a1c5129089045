import { ProtocolError } from './codes.js';
import { DAY_MS } from './timing.js';

const MAX_AHEAD_MS = 60_000;
const MAX_AGE_MS = DAY_MS;
/** Milliseconds below this value lie before 1973, so the device sent seconds. */
export const SECONDS_BELOW = 1e12 / 10;
/** Seconds until 2001. A smaller time is that of a phone that has no date yet after a restart, and begins in 1970. */
const SECONDS_FROM = 1e9;

/**
 * Returns why the time of a fix cannot be right, null if it can. A time in the future comes with what the device's clock is
 * ahead by, so that a client can correct its times.
 * @param t time of the fix, epoch ms
 * @param now time of the service, epoch ms
 */
export function timeRefusal(t: number, now: number): ProtocolError | null {
  if (t >= SECONDS_FROM && t < SECONDS_BELOW) return new ProtocolError('TIME_IN_SECONDS');
  if (t > now + MAX_AHEAD_MS) return new ProtocolError('TIME_IN_FUTURE', `${Math.round(t - now)} ms ahead`);
  if (t < now - MAX_AGE_MS) return new ProtocolError('TIME_TOO_OLD');
  return null;
}
