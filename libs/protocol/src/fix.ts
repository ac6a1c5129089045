import type { z } from 'zod';
import { ProtocolError } from './codes.js';
import { FIX_FIELDS, Fix, type FixExtras, type Rejection } from './fix-schemas.js';
import { timeRefusal } from './fix-time.js';
import { refusal } from './schemas.js';

export { SECONDS_BELOW } from './fix-time.js';

export const MAX_FIXES_PER_BATCH = 100;

const MAX_IGNORED = 10;
const MAX_NAME_LENGTH = 40;
/** Longest name of a source of positions that is kept, in characters. */
const MAX_PROVIDER_LENGTH = 32;
/** Characters that a stored name does not have. */
const UNUSUAL = /[^A-Za-z0-9_.:+ -]/g;

type FixFields = z.output<typeof Fix>;

/** A fix after parsing; each unknown value is null. */
export type ParsedFix = {
  /** epoch ms, a whole number */
  t: number;
  lat: number;
  lng: number;
  accuracyM: number | null;
  heading: number | null;
  speedMps: number | null;
  extras: FixExtras | null;
};

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
    const fix = parseFix(item, now);
    if (fix instanceof ProtocolError) rejected.push({ index, code: fix.code, message: fix.message });
    else fixes.push(fix);
    addUnknown(item, ignored);
  });
  return { fixes, rejected, ignored: [...ignored] };
}

function parseFix(item: unknown, now: number): ParsedFix | ProtocolError {
  const { success, data, error } = Fix.safeParse(item);
  if (!success) return refusal(error);
  if (data.lat === 0 && data.lng === 0) return new ProtocolError('NULL_ISLAND');
  const fix = parsedFix(data);
  return timeRefusal(fix.t, now) ?? fix;
}

/** Returns what the service keeps of a fix. */
function parsedFix(fix: FixFields): ParsedFix {
  return {
    t: Math.round(fix.t),
    lat: fix.lat,
    lng: fix.lng,
    accuracyM: known(fix.accuracyM),
    heading: fix.heading === 360 ? 0 : known(fix.heading),
    speedMps: known(fix.speedMps),
    extras: extrasOf(fix),
  };
}

/** Returns null when there is nothing, as in most fixes. */
function extrasOf(fix: FixFields): FixExtras | null {
  const { altitudeM = null, isMock = null } = fix;
  const batteryPct = known(fix.batteryPct);
  const provider = fix.provider?.replace(UNUSUAL, '').trim().slice(0, MAX_PROVIDER_LENGTH) || null;
  const isEmpty = altitudeM === null && batteryPct === null && isMock === null && provider === null;
  return isEmpty ? null : { altitudeM, batteryPct, isMock, provider };
}

const known = (value: number | null | undefined): number | null =>
  value === null || value === undefined || value < 0 ? null : value;

function addUnknown(item: unknown, names: Set<string>): void {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return;
  for (const name in item) {
    if (names.size >= MAX_IGNORED) return;
    if (!FIX_FIELDS.has(name)) names.add(name.slice(0, MAX_NAME_LENGTH));
  }
}
