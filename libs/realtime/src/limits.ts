import type { Socket } from 'socket.io';
import { CODES, type Code, Refusal } from '#protocol';
import { Bucket } from './bucket.js';

/** A client may send this much at once, and this much per second for long. */
const BURST = 500;
const PER_SECOND = 100;
/** Packets that may wait for a client that reads too slowly; with more, it is disconnected. */
const MAX_WAITING_PACKETS = 2_000;
/** A packet over this is refused; one over the transport's limit ends the connection (WebSocket close code 1009). */
export const MAX_PACKET_BYTES = 64 * 1_024;
export const MAX_TRANSPORT_BYTES = 1_024 * 1_024;

type Ack = (answer: object) => void;

/** What one connection may still send; namespaces that come and go on it share this. */
class Allowance {
  readonly #bytes = new WeakMap<unknown[], number>();
  readonly #bucket = new Bucket(BURST, PER_SECOND, Date.now());

  constructor({ conn, decoder }: Client) {
    // Packets are announced before they are decoded; a request with attachments is decoded with its last one.
    let bytes = 0;
    conn.on('packet', ({ type, data }) => {
      if (type === 'message') bytes += typeof data === 'string' ? data.length : (data as Buffer).byteLength;
    });
    decoder.on('decoded', ({ data }) => {
      if (Array.isArray(data)) this.#bytes.set(data, bytes);
      bytes = 0;
    });
  }

  /** @param request name and arguments, as they were decoded */
  bytesOf(request: unknown[]): number {
    return this.#bytes.get(request) ?? 0;
  }

  take(now: number): boolean {
    return this.#bucket.take(now);
  }
}

/** Private in Socket.IO's types: what turns packets into requests. */
type Client = {
  conn: Socket['conn'];
  decoder: { on(event: 'decoded', listener: (packet: { data: unknown }) => void): void };
};

const allowances = new WeakMap<Client, Allowance>();

function allowanceOf(socket: Socket): Allowance {
  const client = socket.client as unknown as Client;
  const known = allowances.get(client);
  if (known !== undefined) return known;
  const allowance = new Allowance(client);
  allowances.set(client, allowance);
  return allowance;
}

/** Whether this client may send another request now; if so, it is counted. */
export const allowRequest = (socket: Socket): boolean => allowanceOf(socket).take(Date.now());

/**
 * Checks that hold for every request before any handler sees it. A refused one gets its code; the connection stays.
 * @param requests by name, whether each needs an acknowledgement function
 */
export function limitRequests(socket: Socket, requests: ReadonlyMap<string, boolean>): void {
  const allowance = allowanceOf(socket);

  const check = (event: string, ack: unknown, bytes: number): Code | null => {
    if (!allowance.take(Date.now())) return 'RATE_LIMITED';
    if (!requests.has(event)) return 'UNKNOWN_EVENT';
    if (typeof ack !== 'function' && requests.get(event)) return 'ACK_REQUIRED';
    if (bytes > MAX_PACKET_BYTES) return 'TOO_LARGE';
    return null;
  };

  socket.use((request, next) => {
    // The parser lets numbers pass as names.
    const event = String(request[0]);
    const ack = request.length > 1 ? request.at(-1) : undefined;
    const code = check(event, ack, allowance.bytesOf(request));
    if (code === null) return next();
    const { message, retry } = CODES[code];
    if (typeof ack === 'function') (ack as Ack)({ ok: false, code, message, retry });
    else socket.emit('refused', { event: event.slice(0, 64), code, message, retry });
  });
}

/** The answer to a request that failed; what is not a refusal is our own fault and is logged by the caller. */
export const failureOf = (error: unknown) => ({
  ok: false as const,
  ...(error instanceof Refusal ? error : new Refusal('INTERNAL')).failure,
});

/** A client that does not read what it asked for must not fill this node's memory. */
export function readsTooSlowly(socket: Socket): boolean {
  // Public in Engine.IO's documentation, private in its types.
  const { writeBuffer } = socket.conn as unknown as { writeBuffer: unknown[] };
  return writeBuffer.length > MAX_WAITING_PACKETS;
}
