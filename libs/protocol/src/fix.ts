import { type Code, ProtocolError } from './codes.js';
import { FIX_FIELDS, Fix, type ParsedFix, type Rejection } from './fix-schemas.js';
import { refusal } from './schemas.js';

export const MAX_FIXES_PER_BATCH = 100;
const MAX_AHEAD_MS = 60_000;
const MAX_AGE_MS = 24 * 3_600_000;
/** Milliseconds below this value lie before 1973, so the device sent seconds. */
export const SECONDS_BELOW = 1e12 / 10;

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

function timeRefusal(t: number, now: number): ProtocolError | null {
  const code = timeCode(t, now);
  if (code === undefined) return null;
  const detail = `by the clock of the service, the device is ${Math.round((t - now) / 1_000)} s ahead`;
  return new ProtocolError(code, code === 'TIME_IN_FUTURE' ? detail : undefined);
}

function timeCode(t: number, now: number): Code | undefined {
  if (t < SECONDS_BELOW) return 'TIME_IN_SECONDS';
  if (t > now + MAX_AHEAD_MS) return 'TIME_IN_FUTURE';
  if (t < now - MAX_AGE_MS) return 'TIME_TOO_OLD';
  return undefined;
}
