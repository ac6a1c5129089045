import type { Socket } from 'socket.io';
import { CODES, type Code, ProtocolError } from '#protocol';
import { onDecoded, onEnginePacket } from './library-internals.js';
import { UserLimits } from './user-limits.js';

/** Maximum size of a request in bytes; a larger one is refused. */
export const MAX_PACKET_BYTES = 64 * 1_024;
/** Maximum size of a message in bytes; a larger one ends the connection (WebSocket close code 1009). */
export const MAX_TRANSPORT_BYTES = 100_000;
/** Rate-limit cost of expensive requests, about the milliseconds that each takes; all others cost one. */
const COSTS: Readonly<Record<string, number>> = {
  'nearby:watch': 5,
  'fleet:watch': 5,
  'trips:watch': 5,
  'chat:history': 5,
};

type Ack = (answer: object) => void;

/** Sizes in bytes of the requests on a connection, shared by its namespaces. */
class RequestSizes {
  static readonly #of = new WeakMap<Socket['client'], RequestSizes>();
  readonly #bytes = new WeakMap<unknown[], number>();

  static of(socket: Socket): RequestSizes {
    const known = RequestSizes.#of.get(socket.client);
    if (known !== undefined) return known;
    const sizes = new RequestSizes(socket);
    RequestSizes.#of.set(socket.client, sizes);
    return sizes;
  }

  private constructor(socket: Socket) {
    // Packets are seen before they are decoded; a request with attachments is decoded at its last packet.
    let bytes = 0;
    onEnginePacket(socket.conn, ({ type, data }) => {
      if (type === 'message') bytes += Buffer.byteLength(data as string | Buffer);
    });
    onDecoded(socket, (content) => {
      if (Array.isArray(content)) this.#bytes.set(content, bytes);
      bytes = 0;
    });
  }

  /** @param request array of name and arguments that the decoder emitted */
  bytesOf(request: unknown[]): number {
    return this.#bytes.get(request) ?? 0;
  }
}

/** Checks that the user of this socket may send another request now, and counts it if so. */
export const allowRequest = (socket: Socket, event = ''): boolean =>
  UserLimits.of(socket.nsp.server).take(socket, Object.hasOwn(COSTS, event) ? COSTS[event]! : 1);

/**
 * Checks every request before its handler runs. A refused one is answered with its code; the connection stays open.
 * @param requests names of the requests, each with whether it needs an acknowledgement function
 */
export function limitRequests(socket: Socket, requests: ReadonlyMap<string, boolean>): void {
  const sizes = RequestSizes.of(socket);

  const check = (event: string, ack: unknown, bytes: number): Code | null => {
    if (!allowRequest(socket, event)) return 'RATE_LIMITED';
    if (!requests.has(event)) return 'UNKNOWN_EVENT';
    if (typeof ack !== 'function' && requests.get(event)) return 'ACK_REQUIRED';
    if (bytes > MAX_PACKET_BYTES) return 'TOO_LARGE';
    return null;
  };

  socket.use((request, next) => {
    // The parser accepts numbers as names.
    const event = String(request[0]);
    const ack = request.length > 1 ? request.at(-1) : undefined;
    const code = check(event, ack, sizes.bytesOf(request));
    if (code === null) return next();
    const { message, retry } = CODES[code];
    if (typeof ack === 'function') (ack as Ack)({ ok: false, code, message, retry });
    else socket.emit('refused', { event: event.slice(0, 64), code, message, retry });
  });
}

/** Returns the answer to a failed request. Any error but a {@link ProtocolError} is a bug, which the caller logs. */
export const toFailure = (error: unknown) => ({
  ok: false as const,
  ...(error instanceof ProtocolError ? error : new ProtocolError('INTERNAL')).failure,
});
