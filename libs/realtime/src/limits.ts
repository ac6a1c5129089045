import type { Socket } from 'socket.io';
import { CODES, type Code, ProtocolError } from '#protocol';
import { onDecoded, onEnginePacket, waitingPackets } from './socketio-internals.js';
import { UserLimits } from './user-limits.js';

/** Packets that may wait for a client that reads too slowly; with more, it is disconnected. */
const MAX_WAITING_PACKETS = 2_000;
/** A request over this is refused; one over the transport's limit ends the connection (WebSocket close code 1009). */
export const MAX_PACKET_BYTES = 64 * 1_024;
export const MAX_TRANSPORT_BYTES = 100_000;
/** Of the rate of a user, what a request costs that costs this service about that many milliseconds; others cost one. */
const COSTS: Readonly<Record<string, number>> = { 'nearby:watch': 5, 'fleet:watch': 5, 'trips:watch': 5 };

type Ack = (answer: object) => void;

/** Bytes of the requests that come on a connection; its namespaces share this. */
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
    // Packets are announced before they are decoded; a request with attachments is decoded with its last one.
    let bytes = 0;
    onEnginePacket(socket.conn, ({ type, data }) => {
      if (type === 'message') bytes += Buffer.byteLength(data as string | Buffer);
    });
    onDecoded(socket, (content) => {
      if (Array.isArray(content)) this.#bytes.set(content, bytes);
      bytes = 0;
    });
  }

  /** @param request name and arguments, as they were decoded */
  bytesOf(request: unknown[]): number {
    return this.#bytes.get(request) ?? 0;
  }
}

/** Whether the user of this socket may send another request now; if so, it is counted. */
export const allowRequest = (socket: Socket, event = ''): boolean =>
  UserLimits.of(socket.nsp.server).take(socket, Object.hasOwn(COSTS, event) ? COSTS[event]! : 1);

/**
 * Checks that hold for every request before any handler sees it. A refused one gets its code; the connection stays.
 * @param requests by name, whether each needs an acknowledgement function
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
    // The parser lets numbers pass as names.
    const event = String(request[0]);
    const ack = request.length > 1 ? request.at(-1) : undefined;
    const code = check(event, ack, sizes.bytesOf(request));
    if (code === null) return next();
    const { message, retry } = CODES[code];
    if (typeof ack === 'function') (ack as Ack)({ ok: false, code, message, retry });
    else socket.emit('refused', { event: event.slice(0, 64), code, message, retry });
  });
}

/** The answer to a request that failed; what is not a refusal is our own fault and is logged by the caller. */
export const toFailure = (error: unknown) => ({
  ok: false as const,
  ...(error instanceof ProtocolError ? error : new ProtocolError('INTERNAL')).failure,
});

/** A client that does not read what it asked for must not fill this node's memory. */
export const readsTooSlowly = (socket: Socket): boolean =>
  waitingPackets(socket.conn).length > MAX_WAITING_PACKETS;
