import type { LastFix, Point } from '#geo';
import { cellOf, centreOf, codeOf, regionOf } from '#geo/cells';
import type { DecisionCounts, Status, Vehicle } from '#protocol';

/** What the index holds of one driver: while it is there, and for a day after it left, because its watermark holds. */
export type DriverRecord = LastFix & {
  driverId: string;
  /** as the driver declared it, or as a trip made it */
  status: Status;
  /** the index cell; of one that left, the last */
  cell: string;
  /** in its cell; false when it went offline, fell silent or went on to another region */
  present: boolean;
  /** how many trips and breaks this driver has ended; with each, riders see the car under another name */
  shift: number;
  /** order of the last change of status in the stream */
  statusAt: number;
  counts: Readonly<DecisionCounts>;
  /** grows with every write; epoch µs, so that it also tells when the driver was last heard */
  version: number;
  /** the nearby cell of its position, once somebody worked it out; not stored */
  nearby?: string | undefined;
};

export const lastSeenAt = (record: DriverRecord): number => Math.floor(record.version / 1_000);

/** Where scripts put a driver: code of its cell within the region, and a letter; `''` when it is in no cell. */
export const placeOf = (record: DriverRecord): string => (record.present ? placeText(record) : '');

const LETTERS = { available: 'a', busy: 'b', offline: 'o' } as const;
const STATUSES: Record<string, Status> = { a: 'available', b: 'busy', o: 'offline' };

/** Upper case when the driver left. */
function placeText({ cell, status, present }: DriverRecord): string {
  const letter = LETTERS[status];
  return codeOf(cell) + (present ? letter : letter.toUpperCase());
}

/**
 * `version|place|t|lat|lng|heading|speedMps|accuracyM|shift|statusAt|counts|anchor|held`. The version and the place come
 * first, because scripts look at them. Positions are in 1e-7 degrees, heading and speed in hundredths: whole numbers are
 * quickly written and read. `anchor` is milliseconds and 1e-7 degrees back from the fix, or nothing when it is the fix;
 * `held` is `t,lat,lng`, `counts` late, repeated, implausible and refused fixes, or nothing.
 */
export function encodeRecord(record: DriverRecord): string {
  const { version, t, lat, lng, heading, speedMps, accuracyM, shift, statusAt, counts, anchor, held } =
    record;
  const { late, repeated, implausible, refused } = counts;
  const counted =
    late + repeated + implausible + refused === 0 ? '' : `${late},${repeated},${implausible},${refused}`;
  const [y, x] = [steps(lat), steps(lng)];
  const [backMs, backY, backX] = [t - anchor.t, y - steps(anchor.lat), x - steps(anchor.lng)];
  const anchored = backMs === 0 && backY === 0 && backX === 0 ? '' : `${backMs},${backY},${backX}`;
  const waiting = held === null ? '' : `${held.t},${steps(held.lat)},${steps(held.lng)}`;
  return `${version}|${placeText(record)}|${t}|${y}|${x}|${hundredthsOf360(heading)}|${hundredths(speedMps)}|${accuracyM ?? ''}|${shift}|${statusAt}|${counted}|${anchored}|${waiting}`;
}

/** @param region that holds the record */
export function decodeRecord(driverId: string, region: string, text: string): DriverRecord {
  const [
    version,
    place,
    t,
    lat,
    lng,
    heading,
    speedMps,
    accuracyM,
    shift,
    statusAt,
    counted,
    anchored,
    held,
  ] = text.split('|') as Fields;
  const letter = place[3]!;
  const [time, y, x] = [Number(t), Number(lat), Number(lng)];
  const [late = 0, repeated = 0, implausible = 0, refused = 0] = numbers(counted);
  const [backMs = 0, backY = 0, backX = 0] = numbers(anchored);
  const [heldT, heldY, heldX] = numbers(held);
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
    statusAt: Number(statusAt),
    counts: { late, repeated, implausible, refused },
    anchor: {
      t: time - backMs,
      lat: degrees(y - backY),
      lng: degrees(x - backX),
    },
    held: heldT === undefined ? null : { t: heldT, lat: degrees(heldY!), lng: degrees(heldX!) },
  };
}

/** Whether a text is a record of this form: what another version left is taken for nothing. */
export const isReadable = (text: string): boolean => /^\d+\|[0-9a-f]{3}[abo]\|\d+\|-?\d+\|/i.test(text);

/** Only where it is: what a question needs of drivers that turn out to be too far. */
export function positionOf(text: string): Point {
  const time = text.indexOf('|', text.indexOf('|') + 1) + 1;
  const lat = text.indexOf('|', time) + 1;
  const lng = text.indexOf('|', lat) + 1;
  return {
    lat: degrees(Number(text.slice(lat, lng - 1))),
    lng: degrees(Number(text.slice(lng, text.indexOf('|', lng)))),
  };
}

/** The same driver after it left: its watermark, its name to riders and its counts still hold. */
export function departed(record: DriverRecord, version: number): DriverRecord {
  return { ...record, present: false, version };
}

/**
 * What a region holds of a driver that was claimed and not heard, or is forgotten: it keeps a status, and lets whoever
 * still wants to enter find another version than expected.
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
  statusAt,
  counts: { late: 0, repeated: 0, implausible: 0, refused: 0 },
  version,
});

/** What stays of a driver in a region that its card points to, whether or not it ever was there. */
export function leaving(
  region: string,
  known: { record: DriverRecord | null } & Parameters<typeof placeholder>[1],
  version: number,
): DriverRecord {
  if (known.record === null) return placeholder(region, known, version);
  const left = departed(known.record, version);
  return regionOf(left.cell) === region ? left : { ...left, cell: centreOf(region) };
}

export const isPlaceholder = ({ t }: DriverRecord): boolean => t === 0;

type Fields = [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

const numbers = (list: string): number[] => (list === '' ? [] : list.split(',').map(Number));
const steps = (degrees: number): number => Math.round(degrees * 1e7);
const degrees = (steps: number): number => steps / 1e7;

/** Finer than any receiver. */
const hundredths = (value: number): number => Math.round(value * 100);
/** Not rounded up to 360. */
const hundredthsOf360 = (heading: number): number => Math.min(35_999, hundredths(heading));

/** A record of the index as dispatchers see it; riders get it under a pseudonym. */
export const vehicleOf = (record: DriverRecord, id: string = record.driverId): Vehicle => ({
  id,
  lat: record.lat,
  lng: record.lng,
  heading: hundredthsOf360(record.heading) / 100,
  speedMps: hundredths(record.speedMps) / 100,
  status: record.status as Vehicle['status'],
  t: record.t,
});
