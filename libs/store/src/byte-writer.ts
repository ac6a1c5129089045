const INITIAL_BYTES = 256;

/** Bytes as text, one character for each. */
export type Bytes = string;

/** Bytes that are written one after the other. Strings of single values, joined in the end, would take twice as long. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  /** writes faster than the methods of a buffer; valid until more bytes are reserved */
  view = viewOf(this.#bytes);
  /** number of bytes so far; 0 begins again, with the room that there is */
  length = 0;

  /** Makes room for more bytes, which the caller writes to {@link view} from {@link length} on. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.length + bytes));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
    this.view = viewOf(larger);
  }

  u8(value: number): void {
    this.reserve(1);
    this.view.setUint8(this.length, value);
    this.length += 1;
  }

  u16(value: number): void {
    this.reserve(2);
    this.view.setUint16(this.length, value);
    this.length += 2;
  }

  f64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value);
    this.length += 8;
  }

  /** Writes a text that has one byte per character, such as an id, which is ASCII. */
  text(text: Bytes): void {
    const { length } = text;
    this.reserve(length);
    // A call of the native method takes longer than a short text.
    if (length <= 32)
      for (let i = 0; i < length; i += 1) this.view.setUint8(this.length + i, text.charCodeAt(i));
    else this.#bytes.write(text, this.length, 'latin1');
    this.length += length;
  }

  /**
   * Writes a text as a string of MessagePack, for `cmsgpack.unpack` in a script, which returns those that follow each other as
   * separate values, without a search for their ends and without a table.
   */
  packed(text: Bytes): void {
    this.packedHead(text.length);
    this.text(text);
  }

  /** https://github.com/msgpack/msgpack/blob/master/spec.md#str-format-family */
  packedHead(length: number): void {
    if (length < 0x20) this.u8(0xa0 | length);
    else {
      this.u8(0xda);
      this.u16(length);
    }
  }

  /** Returns a copy of all bytes. */
  toBuffer(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.length));
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** Unpacks the reply of a script: strings of MessagePack in an array, or nothing. They share the memory of the reply. */
export function unpacked(reply: Buffer): Buffer[] {
  const texts: Buffer[] = [];
  for (let at = startOf(reply); at < reply.length; ) {
    const head = reply[at]!;
    const size = head < 0xc0 ? 0 : 1 << (head - 0xd9);
    const from = at + 1 + size;
    const length = size === 0 ? head & 0x1f : reply.readUIntBE(at + 1, size);
    at = from + length;
    texts.push(reply.subarray(from, at));
  }
  return texts;
}

/** Length of the head of an array. */
const startOf = ({ 0: head = 0 }: Buffer): number => (head < 0xa0 ? 1 : head === 0xdc ? 3 : 5);
