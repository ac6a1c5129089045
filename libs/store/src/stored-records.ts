import type { DriverRecord } from './record.js';
import { decodeRecord, encodeRecord, isReadable } from './record-bytes.js';

/** Decodes id and record, alternating, as scripts return them. Skips what is not a readable record. */
export function decodeAll(region: string, flat: Buffer[]): DriverRecord[] {
  const records: DriverRecord[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const bytes = flat[i + 1]!;
    if (isReadable(bytes)) records.push(decodeRecord(flat[i]!.toString(), region, bytes));
  }
  return records;
}

/** The departure record from a region, for a driver pointer. */
export const departureText = (region: string, departure: DriverRecord): string =>
  `${region}/${encodeRecord(departure).toString('base64')}`;

/** The departure record in a driver pointer: between two regions, neither of them may hold a record. */
export function recordOfPointer(driverId: string, { left }: Record<string, string>): DriverRecord | null {
  if (left === undefined) return null;
  const at = left.indexOf('/');
  const text = left.slice(at + 1);
  // A record of version 0.1 is there as it is. It has bars, which base64 has not.
  const bytes = Buffer.from(text, text.includes('|') ? 'latin1' : 'base64');
  return isReadable(bytes) ? decodeRecord(driverId, left.slice(0, at), bytes) : null;
}
