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
const HOUR_BYTES = 4;
const MAX_VALUE = 65_534;
const UNKNOWN = 65_535;
const LATE = 1;
const SPEED_REPORTED = 2;

/** Hour of a fix, as in the key of its list: whole hours since 1970. */
export const hourOf = (t: number): number => Math.floor(t / HOUR_MS);

/**
 * Packs a fix into `buffer` at `offset`, as an element of the list of its hour. Numbers are big-endian. Speeds and
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

/** Unpacks one element. @param hour from the key of its list */
export function unpackTrackFix(bytes: Buffer, hour: number): TrackFix {
  const accuracy = bytes.readUInt16BE(15);
  return {
    t: hour * HOUR_MS + bytes.readUIntBE(0, 3),
    lat: bytes.readInt32BE(3) / 1e7,
    lng: bytes.readInt32BE(7) / 1e7,
    heading: bytes.readUInt16BE(11) / 100,
    speedMps: bytes.readUInt16BE(13) / 100,
    accuracyM: accuracy === UNKNOWN ? null : accuracy / 10,
    late: (bytes.readUInt8(17) & LATE) !== 0,
    isSpeedReported: (bytes.readUInt8(17) & SPEED_REPORTED) !== 0,
  };
}

/** Packs fixes for `apply-records-2.lua`: for each, four bytes with its hour, then its list element. */
export function packTrack(fixes: Kept[]): Buffer {
  const bytes = Buffer.allocUnsafe(fixes.length * (HOUR_BYTES + TRACK_FIX_BYTES));
  let at = 0;
  for (const fix of fixes) {
    at = bytes.writeUInt32BE(hourOf(fix.t), at);
    writeTrackFix(fix, bytes, at);
    at += TRACK_FIX_BYTES;
  }
  return bytes;
}
