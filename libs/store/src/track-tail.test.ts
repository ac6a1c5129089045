import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS } from '#protocol';
import { ByteWriter } from './byte-writer.js';
import { hourOf, type Kept, packTrackFix, TRACK_FIX_BYTES, type TrackFix, unpackTrackFix } from './track.js';
import { CHUNK_FIXES, type Chunk, fixesOf, hourOfChunk, withFixes, writeChunk } from './track-tail.js';

const HOUR = 480_000;

/** A fix as it is read back. */
const fixAt = (t: number): TrackFix =>
  unpackTrackFix(
    packTrackFix({ t, lat: 40.75, lng: t / 1e12, heading: 90, speedMps: 8, accuracyM: 5, late: t % 2 === 0 }),
    hourOf(t),
  );

/** Times in three hours, mostly of the last one. */
const time = fc
  .tuple(fc.constantFrom(0, 1, 2, 2, 2), fc.nat(HOUR_MS - 1))
  .map(([hour, ms]) => (HOUR + hour) * HOUR_MS + ms);
const write = fc.record({ times: fc.array(time, { maxLength: 20 }), leaves: fc.boolean() });

/** Applies writes, each with its fixes, and returns the chunks that were due, and the tail. */
function applied(writes: Array<{ fixes: Kept[]; leaves?: boolean }>): { due: Chunk[]; tail: Chunk } {
  const all: Chunk[] = [];
  let last = '';
  for (const { fixes, leaves } of writes) {
    const { tail, due } = withFixes(last, fixes, !leaves);
    all.push(...due);
    last = tail;
    if (leaves) expect(tail).toBe('');
    else expect(tail === '' ? 0 : fixesOf(tail).length).toBeLessThan(CHUNK_FIXES);
  }
  return { due: all, tail: last };
}

test('chunks and the tail hold each hour in order of arrival, as one plain list would', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 12 }), (requested) => {
      const writes = requested.map(({ times, leaves }) => ({ fixes: times.map(fixAt), leaves }));
      const { due, tail } = applied(writes);
      const chunks = tail === '' ? due : [...due, tail];
      for (const hour of [HOUR, HOUR + 1, HOUR + 2]) {
        const plain = writes.flatMap(({ fixes }) => fixes).filter(({ t }) => hourOf(t) === hour);
        const own = chunks.filter((chunk) => hourOfChunk(chunk) === hour);
        expect(own.flatMap(fixesOf)).toEqual(plain);
        for (const chunk of own) expect(fixesOf(chunk).length).toBeLessThanOrEqual(CHUNK_FIXES);
      }
    }),
  );
});

test('a steady track is due in full chunks, and at the hour', () => {
  const fixes = Array.from({ length: 20 }, (_, i) => fixAt(HOUR * HOUR_MS + i * 1_000));
  const { due, tail } = applied(fixes.map((fix) => ({ fixes: [fix] })));
  expect([...due, tail].map((chunk) => fixesOf(chunk).length)).toEqual([7, 7, 6]);
  const next = withFixes(tail, [fixAt((HOUR + 1) * HOUR_MS)], true);
  expect(next.due).toEqual([tail]);
  expect(hourOfChunk(next.tail)).toBe(HOUR + 1);
});

test('old fixes among new ones do not end the tail', () => {
  const old = Array.from({ length: 4 }, (_, i) => fixAt(HOUR * HOUR_MS + i));
  const recent = Array.from({ length: 4 }, (_, i) => fixAt((HOUR + 1) * HOUR_MS + i));
  const { tail, due } = withFixes(
    '',
    [recent[0]!, ...recent.slice(1).flatMap((fix, i) => [old[i]!, fix])],
    true,
  );
  expect(fixesOf(tail)).toEqual(recent);
  expect(due.map(fixesOf)).toEqual([old.slice(0, 3)]);
});

test('a chunk is packed as the end of the key of its list, the length of its fixes and its fixes', () => {
  const fixes = [1, 2].map((ms) => fixAt(HOUR * HOUR_MS + ms));
  const { tail } = withFixes('', fixes, true);
  const writer = new ByteWriter();
  writeChunk('d', tail, writer);
  const bytes = writer.toBuffer();
  const head = `d:${HOUR}\0`;
  expect(bytes.toString('latin1', 0, head.length)).toBe(head);
  expect(bytes.readUInt16BE(head.length)).toBe(2 * TRACK_FIX_BYTES);
  expect(bytes.subarray(head.length + 2)).toEqual(Buffer.concat(fixes.map(packTrackFix)));
});
