import type { LastFix } from '#geo';
import type { Vehicle } from '#protocol';

/** What the index holds of one live driver. */
export type DriverRecord = LastFix & {
  driverId: string;
  status: Vehicle['status'];
  /** the index cell */
  cell: string;
  /** how many trips and breaks this driver has ended; with each, riders see the car under another name */
  shift: number;
  /** order of the last change of status in the stream */
  statusAt: number;
  /** grows with every write; epoch µs, so that it also tells when the driver was last heard */
  version: number;
};

export const heardAt = (record: DriverRecord): number => Math.floor(record.version / 1_000);

/**
 * `version|t|lat|lng|heading|speedMps|accuracyM|status|cell|shift|statusAt|held`, where `held` is `t,lat,lng` or nothing.
 * The version comes first, because scripts compare it.
 */
export function encodeRecord(record: DriverRecord): string {
  const { version, t, lat, lng, heading, speedMps, accuracyM, status, cell, shift, statusAt, held } = record;
  const waiting = held === null ? '' : `${held.t},${held.lat},${held.lng}`;
  return `${version}|${t}|${lat}|${lng}|${round(heading)}|${round(speedMps)}|${accuracyM ?? ''}|${status}|${cell}|${shift}|${statusAt}|${waiting}`;
}

export function decodeRecord(driverId: string, text: string): DriverRecord {
  const [version, t, lat, lng, heading, speedMps, accuracyM, status, cell, shift, statusAt, held] =
    text.split('|');
  const waiting = held ? held.split(',').map(Number) : null;
  return {
    driverId,
    version: Number(version),
    t: Number(t),
    lat: Number(lat),
    lng: Number(lng),
    heading: Number(heading),
    speedMps: Number(speedMps),
    accuracyM: accuracyM === '' ? null : Number(accuracyM),
    status: status as DriverRecord['status'],
    cell: cell!,
    shift: Number(shift),
    statusAt: Number(statusAt),
    held: waiting === null ? null : { t: waiting[0]!, lat: waiting[1]!, lng: waiting[2]! },
  };
}

/** Two decimals are finer than any receiver. A heading must not be rounded up to 360. */
const round = (value: number): number => Math.floor(value * 100) / 100;

/** The record as dispatchers see it; riders get it under a pseudonym. */
export const vehicleOf = (record: DriverRecord, id: string = record.driverId): Vehicle => ({
  id,
  lat: record.lat,
  lng: record.lng,
  heading: round(record.heading),
  speedMps: round(record.speedMps),
  status: record.status,
  t: record.t,
});
