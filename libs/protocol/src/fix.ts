import { type Code, ProtocolError } from './codes.js';
import { Fix, type Rejection, refusal } from './schemas.js';
import { DAY_MS } from './timing.js';

export const MAX_FIXES_PER_BATCH = 100;
const MAX_AHEAD_MS = 60_000;
const MAX_AGE_MS = DAY_MS;
/** Milliseconds below this value lie before 1973, so the device sent seconds. */
export const SECONDS_BELOW = 1e12 / 10;

export type { Rejection };
export type FixBatch = { fixes: Fix[]; rejected: Rejection[] };

/**
 * Parses a batch from a device: valid fixes are accepted, each invalid one is rejected by its index.
 * @param now epoch ms
 * @throws {ProtocolError} BAD_BATCH unless it is an array of 1 to 100 items
 */
export function parseFixes(input: unknown, now: number): FixBatch {
  if (!Array.isArray(input) || input.length < 1 || input.length > MAX_FIXES_PER_BATCH)
    throw new ProtocolError('BAD_BATCH');
  const batch: FixBatch = { fixes: [], rejected: [] };
  input.forEach((item, index) => {
    const parsed = Fix.safeParse(item);
    const code = parsed.success ? timeCode(parsed.data.t, now) : refusal(parsed.error).code;
    if (parsed.success && code === undefined) batch.fixes.push(parsed.data);
    else batch.rejected.push({ index, code: code ?? 'BAD_REQUEST' });
  });
  return batch;
}

function timeCode(t: number, now: number): Code | undefined {
  if (t < SECONDS_BELOW) return 'TIME_IN_SECONDS';
  if (t > now + MAX_AHEAD_MS) return 'TIME_IN_FUTURE';
  if (t < now - MAX_AGE_MS) return 'TIME_TOO_OLD';
  return undefined;
}
