import { AT_START, type Concealment, type LastFix, type Point, shownAt } from '#geo';
import { centreOf, codeOf, nearbyCell, regionOf } from '#geo/cells';
import type { DecisionCounts, DriverPosition, FixExtras, Status, Vehicle } from '#protocol';
import type { Chunk } from './track-tail.js';

/** Record of one driver in the index. It stays for a day after the driver left, because its watermark still applies. */
export type DriverRecord = LastFix & {
  driverId: string;
  /** as the driver declared it or a trip set it */
  status: Status;
  /** the index cell; the last one if the driver has left */
  cell: string;
  /** whether the driver is in its cell; false after it went offline, fell silent or moved to another region */
  present: boolean;
  /** number of names under which riders have seen the car: it gets another one after a trip, after a break, and in between */
  shift: number;
  /** where riders see the car while it is available, if they do */
  concealment: Concealment;
  /** order of the last status change in the stream */
  statusAt: number;
  counts: Readonly<DecisionCounts>;
  /** values that the last fix carried besides the position; null if none */
  extras: FixExtras | null;
  /** time when the service last received a newer position, epoch ms by its own clock: its age is the driver's freshness */
  receivedAt: number;
  /** increases with every write; epoch µs */
  version: number;
  /**
   * the last fixes of its track in this region, which are in no list yet; empty once the driver has left. Set by
   * `FleetIndex.apply`, and left out of the results of queries
   */
  tail: Chunk;
  /** the car as riders see it, cached after its first computation; not stored */
  shown?: ShownCar | null | undefined;
};

/** Grid point where riders see a car, and its nearby cell. */
export type ShownCar = Point & { cell: string };

/** Returns where riders see the car of a driver, or saw it until it left; null while they do not. */
export function shownCar(record: DriverRecord): ShownCar | null {
  if (record.shown === undefined) {
    const { status, concealment, receivedAt } = record;
    const at = status === 'available' ? shownAt(concealment, receivedAt) : null;
    record.shown = at === null ? null : { ...at, cell: nearbyCell(at) };
  }
  return record.shown;
}

/** Time of the last write, of whatever kind, epoch ms. */
export const writtenAt = (record: DriverRecord): number => writtenAtOf(record.version);

export const writtenAtOf = (version: number): number => Math.floor(version / 1_000);

const LETTERS = { available: 'a', busy: 'b', offline: 'o' } as const;
export const STATUSES: Readonly<Record<string, Status>> = { a: 'available', b: 'busy', o: 'offline' };

/** Place of a driver for scripts: code of its cell within the region and letter of its status; `''` if it is in no cell. */
export const placeOf = ({ present, cell, status }: DriverRecord): string =>
  present ? codeOf(cell) + LETTERS[status] : '';

/** Letter of a status in records, in upper case if the driver has left. */
export const letterOf = ({ present, status }: DriverRecord): string =>
  present ? LETTERS[status] : LETTERS[status].toUpperCase();

/** The record after the driver left. Watermark, pseudonym and counts still apply; the tail goes into its list. */
export function departed(record: DriverRecord, version: number): DriverRecord {
  return { ...record, present: false, version, tail: '' };
}

/**
 * Record without a fix, for a driver that was claimed before its first fix or was forgotten. It keeps the status, and gives
 * an entry that is still in flight another version than it expects.
 */
export const placeholder = (
  region: string,
  { driverId, status, shift, statusAt }: Pick<DriverRecord, 'driverId' | 'status' | 'shift' | 'statusAt'>,
  version: number,
): DriverRecord => ({
  driverId,
  t: 0,
  lat: 0,
  lng: 0,
  accuracyM: null,
  heading: 0,
  speedMps: 0,
  anchor: { t: 0, lat: 0, lng: 0 },
  held: null,
  status,
  cell: centreOf(region),
  present: false,
  shift,
  concealment: AT_START,
  statusAt,
  counts: { late: 0, repeated: 0, implausible: 0, refused: 0 },
  extras: null,
  receivedAt: 0,
  version,
  tail: '',
});

/** Departure record for the region that the driver pointer names, whether or not the driver was ever there. */
export function leaving(
  region: string,
  known: { record: DriverRecord | null } & Parameters<typeof placeholder>[1],
  version: number,
): DriverRecord {
  if (known.record === null) return placeholder(region, known, version);
  const record = departed(known.record, version);
  return regionOf(record.cell) === region ? record : { ...record, cell: centreOf(region) };
}

export const isPlaceholder = ({ t }: DriverRecord): boolean => t === 0;

/** Rounds to hundredths, finer than any receiver. */
export const hundredths = (value: number): number => Math.round(value * 100);
/** Rounds a heading to hundredths, but not up to 360. */
export const hundredthsOf360 = (heading: number): number => Math.min(35_999, hundredths(heading));

/** The position of a record, as followers of its driver see it. */
export const positionOfDriver = (record: DriverRecord): DriverPosition => ({
  driverId: record.driverId,
  t: record.t,
  lat: record.lat,
  lng: record.lng,
  heading: hundredthsOf360(record.heading) / 100,
  speedMps: hundredths(record.speedMps) / 100,
  receivedAt: record.receivedAt,
});

/** The vehicle of a record, as dispatchers see it. */
export const vehicleOf = (record: DriverRecord): Vehicle => ({
  id: record.driverId,
  lat: record.lat,
  lng: record.lng,
  heading: hundredthsOf360(record.heading) / 100,
  speedMps: hundredths(record.speedMps) / 100,
  status: record.status as Vehicle['status'],
  t: record.t,
});
