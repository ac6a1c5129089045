import { AT_START, type Concealment, MAX_PATH_POINTS, type Point } from '#geo';
import { cellOf, codeOf } from '#geo/cells';
import { ByteWriter } from './byte-writer.js';
import { type DriverRecord, hundredths, hundredthsOf360, letterOf, STATUSES } from './record.js';
import { degrees, extrasFrom, extrasText, heldFrom, heldTextOf, steps } from './record-fields.js';
import { decodeText, isReadableText } from './record-text.js';
import type { Chunk } from './track-tail.js';

/** First byte of a record. Version 0.1 stored text, which begins with a digit. */
const FORMAT = 2;
const [VERSION, PLACE, T, LAT, LNG, HEADING, SPEED, DELAY, FLAGS, LENGTH, PARTS] = [
  1, 9, 13, 19, 23, 27, 29, 32, 38, 39, 41,
];
const [ACCURACY, STATUS, COUNTS, ANCHOR, HELD, EXTRAS, CONCEALMENT] = [1, 2, 4, 8, 16, 32, 64];
const MAX_SPEED = 0xffffff;

/** Most bytes of a record without its texts. */
const MAX_BYTES = PARTS + 4 + 12 + 16 + 14 + 2 + 2 + 13 + 4 * MAX_PATH_POINTS;

/**
 * Writes a record. Numbers are big-endian; times are epoch ms, positions in 1e-7 degrees.
 *
 * | bytes | type | contents |
 * |---|---|---|
 * | 0 | u8 | {@link FORMAT} |
 * | 1–8 | f64 | version, at the same place in every later format |
 * | 9–12 | text | code of the cell within the region, letter of the status; in upper case if the driver has left |
 * | 13–18 | u48 | `t` |
 * | 19–26 | 2 × i32 | `lat`, `lng` |
 * | 27–28 | u16 | `heading` × 100 |
 * | 29–31 | u24 | `speedMps` × 100, up to {@link MAX_SPEED} |
 * | 32–37 | i48 | `receivedAt - t` |
 * | 38 | u8 | flags of the parts that follow, from the lowest bit on |
 * | 39–40 | u16 | length of the record without the tail |
 * | | f32 | `accuracyM`, unless unknown |
 * | | u32, f64 | `shift` and `statusAt`, unless both are 0 |
 * | | 4 × u32 | counts of late, repeated, implausible and refused fixes, unless all are 0 |
 * | | u48, 2 × i32 | the anchor, unless it is the fix itself |
 * | | u16, text | length and text of `held`, if there is one, see {@link heldTextOf} |
 * | | u16, text | length and text of `extras`, if there are any, see {@link extrasText} |
 * | | u48, u32, u16, u8, 2 × i16 each | the concealment, unless it is {@link AT_START}: `until`, `renameSlot`, `leftM`, number of points, and each point less the position in 1e-5 degrees |
 * | | | the tail of the track |
 *
 * Scripts read the head, see `record-head.lua`.
 */
export function writeRecord(record: DriverRecord, writer: ByteWriter): void {
  const { version, cell, t, lat, lng, heading, speedMps, accuracyM, shift, statusAt } = record;
  const { counts, anchor, receivedAt, tail } = record;
  const { late, repeated, implausible, refused } = counts;
  const held = record.held === null ? '' : heldTextOf(record.held);
  const extras = record.extras === null ? '' : extrasText(record.extras);
  writer.reserve(MAX_BYTES + held.length + extras.length);
  const { view, length: start } = writer;
  const [y, x] = [steps(lat), steps(lng)];
  const code = codeOf(cell);
  view.setUint8(start, FORMAT);
  view.setFloat64(start + VERSION, version);
  for (let i = 0; i < 3; i += 1) view.setUint8(start + PLACE + i, code.charCodeAt(i));
  view.setUint8(start + PLACE + 3, letterOf(record).charCodeAt(0));
  setTime(view, start + T, t);
  view.setInt32(start + LAT, y);
  view.setInt32(start + LNG, x);
  view.setUint16(start + HEADING, hundredthsOf360(heading));
  const speed = Math.min(MAX_SPEED, hundredths(speedMps));
  view.setUint8(start + SPEED, speed >>> 16);
  view.setUint16(start + SPEED + 1, speed & 0xffff);
  setTime(view, start + DELAY, receivedAt - t);
  let flags = 0;
  let at = start + PARTS;
  if (accuracyM !== null) {
    flags |= ACCURACY;
    view.setFloat32(at, accuracyM);
    at += 4;
  }
  if (shift !== 0 || statusAt !== 0) {
    flags |= STATUS;
    view.setUint32(at, shift);
    view.setFloat64(at + 4, statusAt);
    at += 12;
  }
  if (late + repeated + implausible + refused > 0) {
    flags |= COUNTS;
    view.setUint32(at, late);
    view.setUint32(at + 4, repeated);
    view.setUint32(at + 8, implausible);
    view.setUint32(at + 12, refused);
    at += 16;
  }
  const [anchorY, anchorX] = [steps(anchor.lat), steps(anchor.lng)];
  if (anchor.t !== t || anchorY !== y || anchorX !== x) {
    flags |= ANCHOR;
    setTime(view, at, anchor.t);
    view.setInt32(at + 6, anchorY);
    view.setInt32(at + 10, anchorX);
    at += 14;
  }
  writer.length = at;
  if (held !== '') {
    flags |= HELD;
    writer.u16(held.length);
    writer.text(held);
  }
  if (extras !== '') {
    flags |= EXTRAS;
    writer.u16(extras.length);
    writer.text(extras);
  }
  if (!isAtStart(record.concealment)) {
    flags |= CONCEALMENT;
    writer.length = writeConcealment(record.concealment, writer.view, writer.length, y, x);
  }
  view.setUint8(start + FLAGS, flags);
  view.setUint16(start + LENGTH, writer.length - start);
  writer.text(tail);
}

/** Encodes a record, see {@link writeRecord}. */
export function encodeRecord(record: DriverRecord): Buffer {
  const writer = new ByteWriter();
  writeRecord(record, writer);
  return writer.toBuffer();
}

/** Writes the lower 48 bits of a whole number, which may be negative. */
function setTime(view: DataView, at: number, value: number): void {
  view.setInt16(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 2, value % 2 ** 32);
}

/** Decodes a record, also one of version 0.1. @param region the region that holds it */
export function decodeRecord(driverId: string, region: string, bytes: Buffer): DriverRecord {
  if (bytes[0] !== FORMAT) return decodeText(driverId, region, bytes.toString('latin1'));
  const letter = bytes.toString('latin1', PLACE + 3, PLACE + 4);
  const t = bytes.readUIntBE(T, 6);
  const { lat, lng } = positionOf(bytes);
  const record: DriverRecord = {
    driverId,
    version: versionOf(bytes),
    t,
    lat,
    lng,
    heading: bytes.readUInt16BE(HEADING) / 100,
    speedMps: bytes.readUIntBE(SPEED, 3) / 100,
    accuracyM: null,
    status: STATUSES[letter.toLowerCase()]!,
    cell: cellOf(region, bytes.toString('latin1', PLACE, PLACE + 3)),
    present: letter >= 'a',
    shift: 0,
    concealment: AT_START,
    statusAt: 0,
    counts: NO_COUNTS,
    anchor: { t, lat, lng },
    held: null,
    extras: null,
    receivedAt: t + bytes.readIntBE(DELAY, 6),
    tail: tailOf(bytes),
  };
  const flags = bytes[FLAGS]!;
  let at = PARTS;
  if (flags & ACCURACY) {
    record.accuracyM = bytes.readFloatBE(at);
    at += 4;
  }
  if (flags & STATUS) {
    record.shift = bytes.readUInt32BE(at);
    record.statusAt = bytes.readDoubleBE(at + 4);
    at += 12;
  }
  if (flags & COUNTS) {
    record.counts = {
      late: bytes.readUInt32BE(at),
      repeated: bytes.readUInt32BE(at + 4),
      implausible: bytes.readUInt32BE(at + 8),
      refused: bytes.readUInt32BE(at + 12),
    };
    at += 16;
  }
  if (flags & ANCHOR) {
    record.anchor = {
      t: bytes.readUIntBE(at, 6),
      lat: degrees(bytes.readInt32BE(at + 6)),
      lng: degrees(bytes.readInt32BE(at + 10)),
    };
    at += 14;
  }
  if (flags & HELD) {
    const held = textAt(bytes, at);
    record.held = heldFrom(held);
    at += 2 + held.length;
  }
  if (flags & EXTRAS) {
    const extras = textAt(bytes, at);
    record.extras = extrasFrom(extras);
    at += 2 + extras.length;
  }
  if (flags & CONCEALMENT) record.concealment = readConcealment(bytes, at);
  return record;
}

/** Units of {@link steps} in one unit of a path. */
const STEPS_PER_UNIT = 100;
const FULL_TURN = 36_000_000;

const isAtStart = ({ until, leftM, renameSlot, path }: Concealment): boolean =>
  path.length === 0 && until === 0 && renameSlot === 0 && leftM === AT_START.leftM;

/** @returns the place behind it */
function writeConcealment(
  { until, leftM, renameSlot, path }: Concealment,
  view: DataView,
  start: number,
  y: number,
  x: number,
): number {
  setTime(view, start, until);
  view.setUint32(start + 6, renameSlot);
  view.setUint16(start + 10, leftM);
  view.setUint8(start + 12, path.length / 2);
  const [atY, atX] = [Math.round(y / STEPS_PER_UNIT), Math.round(x / STEPS_PER_UNIT)];
  let at = start + 13;
  for (let i = 0; i < path.length; i += 2) {
    view.setInt16(at, path[i]! - atY);
    view.setInt16(at + 2, wrapped(path[i + 1]! - atX));
    at += 4;
  }
  return at;
}

function readConcealment(bytes: Buffer, start: number): Concealment {
  const atY = Math.round(bytes.readInt32BE(LAT) / STEPS_PER_UNIT);
  const atX = Math.round(bytes.readInt32BE(LNG) / STEPS_PER_UNIT);
  const path: number[] = [];
  const points = bytes[start + 12]!;
  for (let i = 0, at = start + 13; i < points; i += 1, at += 4)
    path.push(atY + bytes.readInt16BE(at), wrapped(atX + bytes.readInt16BE(at + 2)));
  return {
    until: bytes.readUIntBE(start, 6),
    leftM: bytes.readUInt16BE(start + 10),
    renameSlot: bytes.readUInt32BE(start + 6),
    path,
  };
}

/** Normalizes a longitude to less than half a turn from 0. */
const wrapped = (x: number): number =>
  x > FULL_TURN / 2 ? x - FULL_TURN : x < -FULL_TURN / 2 ? x + FULL_TURN : x;

const NO_COUNTS = { late: 0, repeated: 0, implausible: 0, refused: 0 };

const textAt = (bytes: Buffer, at: number): string =>
  bytes.toString('latin1', at + 2, at + 2 + bytes.readUInt16BE(at));

/** Whether these are a record in a format that this version reads. A record in another format is ignored. */
export const isReadable = (bytes: Buffer): boolean =>
  bytes[0] === FORMAT ? bytes.length >= PARTS : isReadableText(bytes.toString('latin1'));

/** Version of a record in any format. */
export const versionOf = (bytes: Buffer): number =>
  isText(bytes) || bytes.length < PLACE
    ? Number.parseInt(bytes.toString('latin1'), 10)
    : bytes.readDoubleBE(VERSION);

const isText = (bytes: Buffer): boolean => bytes[0]! >= 0x30 && bytes[0]! <= 0x39;

/** Encodes a version as it is in records. */
export function versionBytes(version: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(version);
  return bytes;
}

/** Decodes only the position, all that a query needs of drivers that are too far away. */
export const positionOf = (bytes: Buffer): Point =>
  bytes[0] === FORMAT
    ? { lat: degrees(bytes.readInt32BE(LAT)), lng: degrees(bytes.readInt32BE(LNG)) }
    : decodeText('', '', bytes.toString('latin1'));

/** Decodes only the time when the newest position was received, epoch ms. */
export const receivedAtOf = (bytes: Buffer): number =>
  bytes[0] === FORMAT
    ? bytes.readUIntBE(T, 6) + bytes.readIntBE(DELAY, 6)
    : decodeText('', '', bytes.toString('latin1')).receivedAt;

/** Decodes only the tail of the track; version 0.1 stored none. */
export const tailOf = (bytes: Buffer): Chunk =>
  bytes[0] === FORMAT ? bytes.toString('latin1', bytes.readUInt16BE(LENGTH)) : '';
