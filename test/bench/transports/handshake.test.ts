import { expect, it } from 'vitest';
import * as ws from 'ws';
import { acceptOf, describeFrame, headerBytes } from './handshake.js';

/** Writes the frames of the library; its types leave it out. */
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };

it('computes the accept value of the example in RFC 6455', () => {
  expect(acceptOf('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

it.each([
  [125, false, 2],
  [126, false, 4],
  [65_536, false, 10],
  [125, true, 6],
  [65_535, true, 8],
  [65_536, true, 14],
])('a frame with %i bytes has the header that ws writes (masked: %s)', (payload, mask, expected) => {
  expect(headerBytes(payload, mask)).toBe(expected);
  const options = { fin: true, opcode: 1, mask, readOnly: false, rsv1: false };
  const [header] = Sender.frame(Buffer.alloc(payload), options);
  expect(header!.length).toBe(expected);
});

it('describes a frame', () => {
  expect(describeFrame(Buffer.from([0x81, 3, 0x34, 0x30, 0x7b]))).toBe(
    '81 03  FIN 1, opcode 1, mask 0, 3 bytes follow: 40{',
  );
});
