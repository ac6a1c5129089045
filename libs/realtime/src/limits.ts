import type { Socket } from 'socket.io';
import { CODES, type Code, Refusal } from '#protocol';

/** A client may send this much at once, and this much per second for long. */
const BURST = 500;
const PER_SECOND = 100;
/** A packet over this is refused; one over the transport's limit ends the connection (WebSocket close code 1009). */
export const MAX_PACKET_BYTES = 64 * 1_024;
export const MAX_TRANSPORT_BYTES = 1_024 * 1_024;

type Ack = (answer: object) => void;

/** Checks that hold for every request before any handler sees it. A refused one gets its code; the connection stays. */
export function limitRequests(socket: Socket, requests: ReadonlySet<string>): void {
  let tokens = BURST;
  let filledAt = Date.now();
  let packetBytes = 0;

  // Packets are announced before they are decoded, and decoded before the next one is announced.
  socket.conn.on('packet', ({ type, data }) => {
    if (type === 'message')
      packetBytes = typeof data === 'string' ? data.length : (data as Buffer).byteLength;
  });

  const check = (event: string, ack: unknown): Code | null => {
    const now = Date.now();
    tokens = Math.min(BURST, tokens + ((now - filledAt) * PER_SECOND) / 1_000);
    filledAt = now;
    if (tokens < 1) return 'RATE_LIMITED';
    tokens -= 1;
    if (!requests.has(event)) return 'UNKNOWN_EVENT';
    if (typeof ack !== 'function') return 'ACK_REQUIRED';
    if (packetBytes > MAX_PACKET_BYTES) return 'TOO_LARGE';
    return null;
  };

  socket.use(([event, ...args], next) => {
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
