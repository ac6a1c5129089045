import { connect, type Socket } from 'node:net';

const END_OF_HEADERS = Buffer.from('\r\n\r\n');
/** Opcode 1, a text, and the bit of a final frame. */
const TEXT = 0x81;
const MASKED = 0x80;
const PONG = '3';
const PING = '2';

/**
 * WebSocket client with as little work as possible: 20,000 of them in one process must cost less than the server under
 * measurement. It sends texts of up to 64 KB, and reads frames of the server, which are not masked.
 */
export class RawSocket {
  #rest: Buffer | null = null;
  #isOpen = false;

  private constructor(
    private readonly socket: Socket,
    private readonly opened: () => void,
    private readonly onText: (text: string, socket: RawSocket) => void,
  ) {
    socket.setNoDelay();
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  /** Resolves when the server has accepted the handshake. Answers pings of Engine.IO by itself. */
  static open(
    url: string,
    path: string,
    onText: (text: string, socket: RawSocket) => void,
  ): Promise<RawSocket> {
    const { hostname, port, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      const client: RawSocket = new RawSocket(socket, () => resolve(client), onText);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error(`${path}: closed`)));
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
    });
  }

  /** Sends a text with a mask of zeros, which is valid and costs nothing to apply. */
  send(text: string): void {
    const length = Buffer.byteLength(text);
    const isShort = length < 126;
    const frame = Buffer.alloc((isShort ? 6 : 8) + length);
    frame[0] = TEXT;
    frame[1] = MASKED | (isShort ? length : 126);
    if (!isShort) frame.writeUInt16BE(length, 2);
    frame.write(text, isShort ? 6 : 8);
    this.socket.write(frame);
  }

  close(): void {
    this.socket.removeAllListeners('close').destroy();
  }

  #read(chunk: Buffer): void {
    let data = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    if (!this.#isOpen) {
      const end = data.indexOf(END_OF_HEADERS);
      if (end < 0) {
        this.#rest = data;
        return;
      }
      this.#isOpen = true;
      this.opened();
      data = data.subarray(end + END_OF_HEADERS.length);
    }
    for (;;) {
      const size = frameSize(data);
      if (size === null || data.length < size.header + size.payload) break;
      const end = size.header + size.payload;
      if (data[0] === TEXT) this.#receive(data.toString('utf8', size.header, end));
      data = data.subarray(end);
    }
    if (data.length > 0) this.#rest = data;
  }

  #receive(text: string): void {
    if (text === PING) this.send(PONG);
    else this.onText(text, this);
  }
}

/** Returns the sizes of the first frame; null when its header is not complete. */
function frameSize(data: Buffer): { header: number; payload: number } | null {
  if (data.length < 2) return null;
  const short = data[1]! & 0x7f;
  if (short < 126) return { header: 2, payload: short };
  if (short === 126) return data.length < 4 ? null : { header: 4, payload: data.readUInt16BE(2) };
  return data.length < 10 ? null : { header: 10, payload: Number(data.readBigUInt64BE(2)) };
}
