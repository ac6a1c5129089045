import type { Bytes, ByteWriter } from './byte-writer.js';
import {
  hourOf,
  type Kept,
  TRACK_FIX_BYTES,
  type TrackFix,
  unpackTrackFixes,
  writeTrackFix,
} from './track.js';

/**
 * Fixes of one full element of a list. More of them save a little work of Redis, but lengthen every record, by twelve bytes each
 * on average.
 */
export const CHUNK_FIXES = 7;
const scratch = Buffer.alloc(TRACK_FIX_BYTES);

/**
 * Fixes of one hour, in order of arrival: the hour since 1970 in decimal, then {@link TRACK_FIX_BYTES} bytes
 * for each fix; empty if there are none. The *tail* of a track is the chunk that the driver's record holds until it is full,
 * so that a fix costs no more than the write of the record; full ones become elements of the list of their hour.
 */
export type Chunk = Bytes;

/**
 * Adds fixes, in order of arrival, to the tail of a track. A fix of an earlier hour goes past the tail, so that devices
 * that send old fixes among new ones do not end it each time. Each list still gets its fixes in order of arrival: what goes
 * past is of another hour than the tail.
 * @param keepsTail whether the record may hold a tail; otherwise all of it is due
 * @returns the new tail, and the chunks that are due in lists
 */
export function withFixes(tail: Chunk, fixes: Kept[], keepsTail: boolean): { tail: Chunk; due: Chunk[] } {
  const due: Chunk[] = [];
  let chunk = tail;
  for (const fix of fixes) {
    const hour = hourOf(fix.t);
    const tailHour = chunk === '' ? hour : hourOfChunk(chunk);
    if (hour < tailHour) addPast(due, hour, textOf(fix));
    else {
      if (hour > tailHour) {
        due.push(chunk);
        chunk = '';
      }
      chunk = chunk === '' ? hour + textOf(fix) : chunk + textOf(fix);
      if (isFull(chunk)) {
        due.push(chunk);
        chunk = '';
      }
    }
  }
  if (!keepsTail && chunk !== '') {
    due.push(chunk);
    chunk = '';
  }
  return { tail: chunk, due };
}

/** Adds a fix to the last due chunk if that is of its hour and not full. */
function addPast(due: Chunk[], hour: number, fix: string): void {
  const last = due.at(-1);
  if (last !== undefined && hourOfChunk(last) === hour && !isFull(last)) due[due.length - 1] = last + fix;
  else due.push(hour + fix);
}

function textOf(fix: Kept): string {
  writeTrackFix(fix, scratch, 0);
  return scratch.toString('latin1');
}

const isFull = (chunk: Chunk): boolean => chunk.length >= CHUNK_FIXES * TRACK_FIX_BYTES;

/** Number of digits of the hour: whatever is left when the fixes are taken away. */
const digitsOf = (chunk: Chunk): number => chunk.length % TRACK_FIX_BYTES;

export const hourOfChunk = (chunk: Chunk): number => Number(chunk.slice(0, digitsOf(chunk)));

const bytesOf = (chunk: Chunk): Bytes => chunk.slice(digitsOf(chunk));

/** Unpacks the fixes of a chunk, in order of arrival. */
export const fixesOf = (chunk: Chunk): TrackFix[] =>
  unpackTrackFixes(Buffer.from(bytesOf(chunk), 'latin1'), hourOfChunk(chunk));

/**
 * Writes a chunk for `apply-records-2.lua`: the end of the key of its list, `driver:hour`, a zero byte, two bytes with the
 * length of its fixes, the fixes.
 */
export function writeChunk(driverId: string, chunk: Chunk, writer: ByteWriter): void {
  const fixes = bytesOf(chunk);
  writer.text(`${driverId}:${hourOfChunk(chunk)}\0`);
  writer.u16(fixes.length);
  writer.text(fixes);
}
