import { expect, test } from 'vitest';
import { ByteWriter, unpacked } from './byte-writer.js';

/** The reply of a script: an array of texts. */
function reply(head: string, texts: string[]): Buffer {
  const writer = new ByteWriter();
  writer.text(head);
  for (const text of texts) writer.packed(text);
  return writer.toBuffer();
}

test.each([0, 1, 31, 32, 33, 255, 256, 65_535])('a text of %d bytes is packed and unpacked', (length) => {
  const text = '\xff'.repeat(length);
  const bytes = reply('\x92', [text, 'id']);
  expect(bytes.length).toBe(1 + (length < 32 ? 1 : 3) + length + 3);
  expect(unpacked(bytes).map((found) => found.toString('latin1'))).toEqual([text, 'id']);
});

test('no texts are unpacked from an empty array, in both forms that a script may return', () => {
  expect([unpacked(reply('\x90', [])), unpacked(reply('\x80', []))]).toEqual([[], []]);
});

test('many texts are unpacked behind a longer head', () => {
  const texts = Array.from({ length: 300 }, (_, i) => `driver-${i}`);
  expect(unpacked(reply('\xdc\x01\x2c', texts)).map(String)).toEqual(texts);
});

test('numbers are written with the highest byte first, also behind the initial room', () => {
  const writer = new ByteWriter();
  writer.text('x'.repeat(255));
  writer.u16(0x0102);
  writer.u8(3);
  writer.f64(-2.5);
  const bytes = writer.toBuffer();
  expect([bytes.readUInt16BE(255), bytes[257], bytes.readDoubleBE(258), bytes.length]).toEqual([
    0x102, 3, -2.5, 266,
  ]);
});
