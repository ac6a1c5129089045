import { ByteWriter } from './byte-writer.js';
import { geoSetScore } from './geo-set.js';
import { type DriverRecord, placeOf } from './record.js';
import { writeRecord } from './record-bytes.js';
import type { Kept } from './track.js';
import { withFixes, writeChunk } from './track-tail.js';

// The arguments of the script. Each call fills them again, because to allocate them would take as long as to write them.
const ids = new ByteWriter();
const versions = new ByteWriter();
const records = new ByteWriter();
const left = new ByteWriter();
const entered = new ByteWriter();
const chunks = new ByteWriter();
const WRITERS = [ids, versions, records, left, entered, chunks];

/** New record for the region of its cell. `expected` is the version that must be stored there; null for no record. */
export type Write = {
  /** the record as the caller knows it; if it has another version than the expected one, that one is read */
  before: DriverRecord | null;
  expected: number | null;
  /** its `tail` is set when it is written */
  after: DriverRecord;
  /** fixes to append to its track, in order of arrival */
  track: Kept[];
};

/** The record that a write replaces: null for none, undefined if the caller does not have it. */
export function replaced({ before, expected }: Write): DriverRecord | null | undefined {
  if (expected === null) return null;
  return before?.version === expected ? before : undefined;
}

/** The arguments of `apply-records-2.lua`, which documents them, in their order. Sets the tails of the new records. */
export function argumentsOf(writes: Write[]): Buffer[] {
  for (const writer of WRITERS) writer.length = 0;
  const leave = new Map<string, DriverRecord[]>();
  const enter = new Map<string, DriverRecord[]>();
  for (const write of writes) {
    const { expected, after, track } = write;
    const { driverId } = after;
    const before = replaced(write) ?? null;
    const { tail, due } = withFixes(before?.tail ?? '', track, after.present);
    after.tail = tail;
    ids.packed(driverId);
    if (expected === null) versions.packed('');
    else {
      versions.packedHead(8);
      versions.f64(expected);
    }
    records.packed(driverId);
    packRecord(after, records);
    for (const chunk of due) writeChunk(driverId, chunk, chunks);
    const to = placeOf(after);
    const from = before === null ? '' : placeOf(before);
    if (from !== '' && from !== to) listOf(leave, from).push(after);
    if (to !== '' && (from !== to || geoSetScore(before!) !== geoSetScore(after)))
      listOf(enter, to).push(after);
  }
  writeMembers(leave, false, left);
  writeMembers(enter, true, entered);
  return WRITERS.map((writer) => writer.toBuffer());
}

/** Packs a record. The head, which is written last, always has the form of long ones. */
function packRecord(record: DriverRecord, writer: ByteWriter): void {
  const head = writer.length;
  writer.u8(0xda);
  writer.u16(0);
  writeRecord(record, writer);
  writer.view.setUint16(head + 1, writer.length - head - 3);
}

function listOf(lists: Map<string, DriverRecord[]>, place: string): DriverRecord[] {
  let list = lists.get(place);
  if (list === undefined) {
    list = [];
    lists.set(place, list);
  }
  return list;
}

/** Writes the members of geo sets, by their places. */
function writeMembers(lists: Map<string, DriverRecord[]>, hasScores: boolean, writer: ByteWriter): void {
  for (const [place, members] of lists) {
    writer.text(place);
    writer.u16(members.length * (hasScores ? 2 : 1));
    for (const record of members) {
      if (hasScores) writer.packed(String(geoSetScore(record)));
      writer.packed(record.driverId);
    }
  }
}
