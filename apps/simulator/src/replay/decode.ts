/** Signatures of encodings: byte order marks, then how the first character of a file without one looks in UTF-16. */
const SIGNATURES: ReadonlyArray<[bytes: number[], encoding: string]> = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
  ...[0x3c, 0x7b].flatMap(
    (first): Array<[number[], string]> => [
      [[first, 0], 'utf-16le'],
      [[0, first], 'utf-16be'],
    ],
  ),
];
const DECLARATION = /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/;
const DECLARATION_BYTES = 200;

/**
 * Decodes a file: by its byte order mark, else by the encoding that its XML declaration names, else as UTF-8.
 * @throws {Error} when the encoding is unknown, or the file is not in it
 */
export function decode(bytes: Buffer): string {
  const decoder = decoderOf(encodingOf(bytes));
  try {
    return decoder.decode(bytes);
  } catch {
    const encoding = decoder.encoding.toUpperCase();
    throw new Error(`the file is not valid ${encoding}; its XML declaration must name the encoding`);
  }
}

function decoderOf(encoding: string) {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new Error(`the encoding "${encoding}" in the XML declaration is not known`);
  }
}

function encodingOf(bytes: Buffer): string {
  const signature = SIGNATURES.find(([first]) => first.every((byte, i) => bytes[i] === byte));
  if (signature !== undefined) return signature[1];
  const declared = DECLARATION.exec(bytes.toString('latin1', 0, DECLARATION_BYTES))?.[1] ?? 'utf-8';
  // A declaration that can be read byte by byte is not in UTF-16: the file was converted, and the declaration was not.
  return /^utf-?16/i.test(declared) ? 'utf-8' : declared;
}
