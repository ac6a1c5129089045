import { AT_START } from '#geo';
import { cellOf } from '#geo/cells';
import { type DriverRecord, STATUSES, writtenAtOf } from './record.js';
import { degrees, heldFrom, numbers } from './record-fields.js';

/** Records as version 0.1 stored them: text with its fields between bars. They are read until their driver is written again. */

export const isReadableText = (text: string): boolean => /^\d+\|[0-9a-f]{3}[abo]\|\d+\|-?\d+\|/i.test(text);

/** Decodes a record of version 0.1. @param region the region that holds it */
export function decodeText(driverId: string, region: string, text: string): DriverRecord {
  const fields = text.split('|') as Fields;
  const [version, place, t, lat, lng, heading, speedMps, accuracyM, shift, statusAt] = fields;
  const [late = 0, repeated = 0, implausible = 0, refused = 0] = numbers(fields[10]);
  const [backMs = 0, backY = 0, backX = 0] = numbers(fields[11]);
  const held = fields[12];
  const letter = place[3]!;
  const [time, y, x] = [Number(t), Number(lat), Number(lng)];
  return {
    driverId,
    version: Number(version),
    t: time,
    lat: degrees(y),
    lng: degrees(x),
    heading: Number(heading) / 100,
    speedMps: Number(speedMps) / 100,
    accuracyM: accuracyM === '' ? null : Number(accuracyM),
    status: STATUSES[letter.toLowerCase()]!,
    cell: cellOf(region, place.slice(0, 3)),
    present: letter >= 'a',
    shift: Number(shift),
    concealment: AT_START,
    statusAt: Number(statusAt),
    counts: { late, repeated, implausible, refused },
    anchor: { t: time - backMs, lat: degrees(y - backY), lng: degrees(x - backX) },
    held: held === '' ? null : heldFrom(held),
    extras: null,
    receivedAt: writtenAtOf(Number(version)),
    tail: '',
  };
}

type Fields = [
  version: string,
  place: string,
  t: string,
  lat: string,
  lng: string,
  heading: string,
  speedMps: string,
  accuracyM: string,
  shift: string,
  statusAt: string,
  counts: string,
  anchor: string,
  held: string,
];
