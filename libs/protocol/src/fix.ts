import { ProtocolError } from './codes.js';
import { FIX_FIELDS, Fix, type ParsedFix, type Rejection } from './fix-schemas.js';
import { timeRefusal } from './fix-time.js';
import { refusal } from './schemas.js';

export { SECONDS_BELOW } from './fix-time.js';

export const MAX_FIXES_PER_BATCH = 100;

const MAX_IGNORED = 10;
const MAX_NAME_LENGTH = 40;

export type FixBatch = {
  fixes: ParsedFix[];
  rejected: Rejection[];
  /** names of unknown fields, at most ten */
  ignored: string[];
};

/**
 * Parses a batch from a device: valid fixes are accepted, each invalid one is rejected by its index, unknown fields are
 * ignored and named.
 * @param now epoch ms
 * @throws {ProtocolError} BAD_BATCH unless it is an array of 1 to 100 items
 */
export function parseFixes(input: unknown, now: number): FixBatch {
  if (!Array.isArray(input) || input.length < 1 || input.length > MAX_FIXES_PER_BATCH)
    throw new ProtocolError('BAD_BATCH');
  const fixes: ParsedFix[] = [];
  const rejected: Rejection[] = [];
  const ignored = new Set<string>();
  input.forEach((item: unknown, index) => {
    const parsed = Fix.safeParse(item);
    const refused = parsed.success ? timeRefusal(parsed.data.t, now) : refusal(parsed.error);
    if (parsed.success && refused === null) fixes.push(parsed.data);
    else if (refused !== null) rejected.push({ index, code: refused.code, message: refused.message });
    addUnknown(item, ignored);
  });
  return { fixes, rejected, ignored: [...ignored] };
}

function addUnknown(item: unknown, names: Set<string>): void {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return;
  for (const name in item) {
    if (names.size >= MAX_IGNORED) return;
    if (!FIX_FIELDS.has(name)) names.add(name.slice(0, MAX_NAME_LENGTH));
  }
}
