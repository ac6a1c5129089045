import type { LastFix, Point } from '#geo';
import { cellOf, centreOf, codeOf, regionOf } from '#geo/cells';
import type { DecisionCounts, DriverPosition, FixExtras, Status, Vehicle } from '#protocol';

/** Record of one driver in the index. It stays for a day after the driver left, because its watermark still applies. */
export type DriverRecord = LastFix & {
  driverId: string;
  /** as the driver declared it or a trip set it */
  status: Status;
  /** the index cell; the last one if the driver has left */
  cell: string;
  /** whether the driver is in its cell; false after it went offline, fell silent or moved to another region */
  present: boolean;
  /** number of trips and breaks that the driver has ended; each gives it a new pseudonym for riders */
  shift: number;
  /** order of the last status change in the stream */
  statusAt: number;
  counts: Readonly<DecisionCounts>;
  /** values that the last fix carried besides the position; null if none */
  extras: FixExtras | null;
  /** time when the service last received a newer position, epoch ms by its own clock: its age is the driver's freshness */
  receivedAt: number;
  /** increases with every write; epoch µs */
  version: number;
  /** the nearby cell of its position, cached after its first computation; not stored */
  nearby?: string | undefined;
};

/** Time of the last write, of whatever kind, epoch ms. */
export const writtenAt = (record: DriverRecord): number => writtenAtOf(record.version);

const writtenAtOf = (version: number): number => Math.floor(version / 1_000);

/** Place of a driver for scripts: code of its cell within the region and letter of its status; `''` if it is in no cell. */
export const placeOf = (record: DriverRecord): string => (record.present ? placeText(record) : '');

const LETTERS = { available: 'a', busy: 'b', offline: 'o' } as const;
const STATUSES: Record<string, Status> = { a: 'available', b: 'busy', o: 'offline' };

/** The letter is in upper case if the driver has left. */
function placeText({ cell, status, present }: DriverRecord): string {
  const letter = LETTERS[status];
  return codeOf(cell) + (present ? letter : letter.toUpperCase());
}

/**
 * Encodes a record as
 * `version|place|t|lat|lng|heading|speedMps|accuracyM|shift|statusAt|counts|anchor|held|extras|receivedAt`. Scripts read
 * version and place at the beginning and `receivedAt` at the end. Positions are in 1e-7 degrees, heading and speed in
 * hundredths, because integers are fast to write and parse. `anchor` is the difference to the fix in milliseconds and 1e-7
 * degrees, empty if it is the fix itself; `held` is `t,lat,lng`, the milliseconds since its first fix and the number of its
 * fixes, then after a semicolon each the fixes to confirm as `t,lat,lng,accuracyM,heading,speedMps`, with times before `t` in
 * milliseconds, differences of position and empty values if unknown, or empty; `counts` is late, repeated, implausible and refused fixes, or empty; `extras` is
 * `altitudeM,batteryPct,isMock,provider` or empty, each of them empty if unknown; `receivedAt` is `r` and the difference to
 * `t` in milliseconds.
 */
export function encodeRecord(record: DriverRecord): string {
  const {
    version,
    t,
    lat,
    lng,
    heading,
    speedMps,
    accuracyM,
    shift,
    statusAt,
    counts,
    anchor,
    held,
    extras,
  } = record;
  const delayMs = record.receivedAt - t;
  const { late, repeated, implausible, refused } = counts;
  const counted =
    late + repeated + implausible + refused === 0 ? '' : `${late},${repeated},${implausible},${refused}`;
  const [y, x] = [steps(lat), steps(lng)];
  const [backMs, backY, backX] = [t - anchor.t, y - steps(anchor.lat), x - steps(anchor.lng)];
  const anchored = backMs === 0 && backY === 0 && backX === 0 ? '' : `${backMs},${backY},${backX}`;
  const heldText = held === null ? '' : heldTextOf(held);
  return `${version}|${placeText(record)}|${t}|${y}|${x}|${hundredthsOf360(heading)}|${hundredths(speedMps)}|${accuracyM ?? ''}|${shift}|${statusAt}|${counted}|${anchored}|${heldText}|${extras === null ? '' : extrasText(extras)}|r${delayMs}`;
}

/** Decodes a record. @param region the region that holds it */
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
    extras,
    received,
  ] = text.split('|') as Fields;
  const letter = place[3]!;
  const [time, y, x] = [Number(t), Number(lat), Number(lng)];
  const [late = 0, repeated = 0, implausible = 0, refused = 0] = numbers(counted);
  const [backMs = 0, backY = 0, backX = 0] = numbers(anchored);
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
    held: held === '' ? null : heldFrom(held),
    extras: extras ? extrasFrom(extras) : null,
    // A record of version 0.1 has no such field.
    receivedAt: received === undefined ? writtenAtOf(Number(version)) : time + Number(received.slice(1)),
  };
}

/** Whether a text is a record in this format. A record in another format, of another version, is ignored. */
export const isReadable = (text: string): boolean => /^\d+\|[0-9a-f]{3}[abo]\|\d+\|-?\d+\|/i.test(text);

/** Decodes only the position, all that a query needs of drivers that are too far away. */
export function positionOf(text: string): Point {
  const time = text.indexOf('|', text.indexOf('|') + 1) + 1;
  const lat = text.indexOf('|', time) + 1;
  const lng = text.indexOf('|', lat) + 1;
  return {
    lat: degrees(Number(text.slice(lat, lng - 1))),
    lng: degrees(Number(text.slice(lng, text.indexOf('|', lng)))),
  };
}

/** Decodes only the time when the newest position was received, epoch ms. */
export function receivedAtOf(text: string): number {
  const delay = text.lastIndexOf('|r') + 2;
  if (delay === 1) return writtenAtOf(Number.parseInt(text, 10));
  const time = text.indexOf('|', text.indexOf('|') + 1) + 1;
  return Number(text.slice(time, text.indexOf('|', time))) + Number(text.slice(delay));
}

/** The record after the driver left. Watermark, pseudonym and counts still apply. */
export function departed(record: DriverRecord, version: number): DriverRecord {
  return { ...record, present: false, version };
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
  statusAt,
  counts: { late: 0, repeated: 0, implausible: 0, refused: 0 },
  extras: null,
  receivedAt: 0,
  version,
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
  // missing in records that an earlier version wrote
  string?,
  string?,
];

function extrasText({ altitudeM, batteryPct, isMock, provider }: FixExtras): string {
  const altitude = altitudeM === null ? '' : Math.round(altitudeM * 10);
  const battery = batteryPct === null ? '' : Math.round(batteryPct);
  return `${altitude},${battery},${isMock === null ? '' : Number(isMock)},${provider ?? ''}`;
}

function extrasFrom(text: string): FixExtras {
  const [altitude, battery, mock, provider] = text.split(',') as [string, string, string, string];
  return {
    altitudeM: altitude === '' ? null : Number(altitude) / 10,
    batteryPct: battery === '' ? null : Number(battery),
    isMock: mock === '' ? null : mock === '1',
    provider: provider || null,
  };
}

type Held = NonNullable<LastFix['held']>;

function heldTextOf({ t, lat, lng, since, fixes, path }: Held): string {
  const [y, x] = [steps(lat), steps(lng)];
  const fixTexts = path.map((fix) => {
    const values = [fix.accuracyM, fix.heading, fix.speedMps].map((value) => value ?? '');
    return `;${[t - fix.t, steps(fix.lat) - y, steps(fix.lng) - x, ...values].join()}`;
  });
  return `${t},${y},${x},${t - since},${fixes}${fixTexts.join('')}`;
}

function heldFrom(text: string): Held {
  const [jump, ...fixTexts] = text.split(';') as [string, ...string[]];
  const [t, y, x, sinceMs = 0, fixes = 1] = numbers(jump) as [number, number, number, number?, number?];
  const path = fixTexts.map((fixText) => {
    const [backMs, dy, dx, ...others] = fixText.split(',') as [string, string, string, ...string[]];
    const [accuracyM, heading, speedMps] = others.map((value) => (value === '' ? null : Number(value)));
    const [lat, lng] = [degrees(y + Number(dy)), degrees(x + Number(dx))];
    return { t: t - Number(backMs), lat, lng, accuracyM, heading, speedMps };
  });
  return { t, lat: degrees(y), lng: degrees(x), since: t - sinceMs, fixes, path };
}

const numbers = (list: string): number[] => (list === '' ? [] : list.split(',').map(Number));
const steps = (degrees: number): number => Math.round(degrees * 1e7);
const degrees = (steps: number): number => steps / 1e7;

/** Rounds to hundredths, finer than any receiver. */
const hundredths = (value: number): number => Math.round(value * 100);
/** Rounds a heading to hundredths, but not up to 360. */
const hundredthsOf360 = (heading: number): number => Math.min(35_999, hundredths(heading));

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

/** The vehicle of a record, as dispatchers see it. For riders, `id` is a pseudonym. */
export const vehicleOf = (record: DriverRecord, id: string = record.driverId): Vehicle => ({
  id,
  lat: record.lat,
  lng: record.lng,
  heading: hundredthsOf360(record.heading) / 100,
  speedMps: hundredths(record.speedMps) / 100,
  status: record.status as Vehicle['status'],
  t: record.t,
});
