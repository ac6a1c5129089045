import type { Socket } from 'socket.io';
import { CODES, type Code, Refusal } from '#protocol';

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
  /** of the packet that is being handled */
  packetBytes = 0;
  #tokens = BURST;
  #filledAt = Date.now();

  constructor(connection: Socket['conn']) {
    // Packets are announced before they are decoded, and decoded before the next one is announced.
    connection.on('packet', ({ type, data }) => {
      if (type !== 'message') return;
      this.packetBytes = typeof data === 'string' ? data.length : (data as Buffer).byteLength;
    });
  }

  take(now: number): boolean {
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#filledAt) * PER_SECOND) / 1_000);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

const allowances = new WeakMap<Socket['conn'], Allowance>();

function allowanceOf(connection: Socket['conn']): Allowance {
  const known = allowances.get(connection);
  if (known !== undefined) return known;
  const allowance = new Allowance(connection);
  allowances.set(connection, allowance);
  return allowance;
}

/** Whether this client may send another request now; if so, it is counted. */
export const allowRequest = (socket: Socket): boolean => allowanceOf(socket.conn).take(Date.now());

/** Checks that hold for every request before any handler sees it. A refused one gets its code; the connection stays. */
export function limitRequests(socket: Socket, requests: ReadonlySet<string>): void {
  const allowance = allowanceOf(socket.conn);

  const check = (event: string, ack: unknown): Code | null => {
    if (!allowance.take(Date.now())) return 'RATE_LIMITED';
    if (!requests.has(event)) return 'UNKNOWN_EVENT';
    if (typeof ack !== 'function') return 'ACK_REQUIRED';
    if (allowance.packetBytes > MAX_PACKET_BYTES) return 'TOO_LARGE';
    return null;
  };

  socket.use(([name, ...args], next) => {
    // The parser lets numbers pass as names.
    const event = String(name);
    const ack = args.at(-1);
    const code = check(event, ack);
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
