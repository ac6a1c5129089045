import { HOUR_MS } from '#protocol';
/** One fix of a track. Heading and speed are derived from earlier fixes if the device did not send them. */
export type TrackFix = {
  /** epoch ms */
  t: number;
  lat: number;
  lng: number;
  /** degrees clockwise from true north, [0, 360) */
  heading: number;
  speedMps: number;
  accuracyM: number | null;
  /** arrived too late: it completes the track but did not move the driver */
  late: boolean;
  /** whether the device reported the speed; otherwise it is derived */
  isSpeedReported: boolean;
};

type Flag = 'late' | 'isSpeedReported';
/** A fix to store in a track; flags are false by default. */
export type Kept = Omit<TrackFix, Flag> & Partial<Pick<TrackFix, Flag>>;

export const TRACK_FIX_BYTES = 18;
/** Maximum number of fixes kept per driver and hour, 5.5 per second; further ones are dropped. It is stored as u16. */
export const MAX_TRACK_PER_HOUR = 20_000;
const MAX_VALUE = 65_534;
const UNKNOWN = 65_535;
const LATE = 1;
const SPEED_REPORTED = 2;

/** Hour of a fix, as in the key of its list: whole hours since 1970. */
export const hourOf = (t: number): number => Math.floor(t / HOUR_MS);

/**
 * Packs a fix into `buffer` at `offset`, as elements of the list of its hour hold it. Numbers are big-endian. Speeds and
 * accuracies that are too large are stored as the largest value.
 *
 * | bytes | type | what |
 * |---|---|---|
 * | 0–2 | u24 | milliseconds within the hour |
 * | 3–6 | i32 | lat × 10⁷ |
 * | 7–10 | i32 | lng × 10⁷ |
 * | 11–12 | u16 | heading × 100, 0 to 35,999 |
 * | 13–14 | u16 | speedMps × 100, up to 65,534 |
 * | 15–16 | u16 | accuracyM × 10, up to 65,534; 65,535: unknown |
 * | 17 | u8 | flags; bit 0: late; bit 1: the device reported the speed |
 */
export function writeTrackFix(fix: Kept, buffer: Buffer, offset: number): void {
  buffer.writeUIntBE(fix.t - hourOf(fix.t) * HOUR_MS, offset, 3);
  buffer.writeInt32BE(Math.round(fix.lat * 1e7), offset + 3);
  buffer.writeInt32BE(Math.round(fix.lng * 1e7), offset + 7);
  buffer.writeUInt16BE(Math.round(fix.heading * 100) % 36_000, offset + 11);
  buffer.writeUInt16BE(Math.min(MAX_VALUE, Math.round(fix.speedMps * 100)), offset + 13);
  const accuracy = fix.accuracyM === null ? UNKNOWN : Math.min(MAX_VALUE, Math.round(fix.accuracyM * 10));
  buffer.writeUInt16BE(accuracy, offset + 15);
  buffer.writeUInt8((fix.late ? LATE : 0) | (fix.isSpeedReported ? SPEED_REPORTED : 0), offset + 17);
}

/** Packs one fix into {@link TRACK_FIX_BYTES} bytes. */
export function packTrackFix(fix: Kept): Buffer {
  const element = Buffer.alloc(TRACK_FIX_BYTES);
  writeTrackFix(fix, element, 0);
  return element;
}

/**
 * Unpacks an element: its fixes, in order of arrival, then as u16 the number of fixes that the list holds up to here. An
 * element of an earlier version is one fix without that number.
 * @param hour from the key of its list
 */
export function unpackTrackFixes(element: Buffer, hour: number): TrackFix[] {
  const fixes: TrackFix[] = [];
  for (let at = 0; at + TRACK_FIX_BYTES <= element.length; at += TRACK_FIX_BYTES)
    fixes.push(unpackTrackFix(element, hour, at));
  return fixes;
}

/** Number of fixes in a list up to and with this element; 0 in an element of an earlier version, which does not say it. */
export const countUpTo = (element: Buffer): number =>
  element.length % TRACK_FIX_BYTES === 0 ? 0 : element.readUInt16BE(element.length - 2);

/** Unpacks the fix that begins at `at`. */
export function unpackTrackFix(bytes: Buffer, hour: number, at = 0): TrackFix {
  const accuracy = bytes.readUInt16BE(at + 15);
  const flags = bytes.readUInt8(at + 17);
  return {
    t: hour * HOUR_MS + bytes.readUIntBE(at, 3),
    lat: bytes.readInt32BE(at + 3) / 1e7,
    lng: bytes.readInt32BE(at + 7) / 1e7,
    heading: bytes.readUInt16BE(at + 11) / 100,
    speedMps: bytes.readUInt16BE(at + 13) / 100,
    accuracyM: accuracy === UNKNOWN ? null : accuracy / 10,
    late: (flags & LATE) !== 0,
    isSpeedReported: (flags & SPEED_REPORTED) !== 0,
  };
}
