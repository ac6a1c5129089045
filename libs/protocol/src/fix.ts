import { ProtocolError } from './codes.js';
import { timeRefusal } from './fix-time.js';
import { Fix, type Rejection, refusal } from './schemas.js';

export const MAX_FIXES_PER_BATCH = 100;

export { SECONDS_BELOW } from './fix-time.js';
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
    const code = parsed.success ? timeRefusal(parsed.data.t, now)?.code : refusal(parsed.error).code;
    if (parsed.success && code === undefined) batch.fixes.push(parsed.data);
    else batch.rejected.push({ index, code: code ?? 'BAD_REQUEST' });
  });
  return batch;
}
