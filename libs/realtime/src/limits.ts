import type { Namespace as IoNamespace, Socket } from 'socket.io';
import { CODES, type Code, ProtocolError, ZONE_LIMITS } from '#protocol';
import { attached } from './attached.js';
import { ConnectionLimits } from './connection-limits.js';
import { dispatchTo, emitRequest, onDecoded } from './internals/socket-io.js';
import { ReadingProof } from './reading-proof.js';
import { requestTable } from './request-table.js';
import { refusalByRights } from './rights.js';
import type { Rights } from './token-claims.js';
import { UserLimits } from './user-limits.js';

/** Maximum size of a request in bytes; a larger one is refused. */
export const MAX_PACKET_BYTES = 64 * 1_024;
/** Maximum size of a message in bytes; a larger one ends the connection (WebSocket close code 1009). */
export const MAX_TRANSPORT_BYTES = 100_000;
/** Rate-limit cost of expensive requests, about the milliseconds that each takes; all others cost one. */
const COSTS: Readonly<Record<string, number>> = {
  'nearby:watch': 5,
  'fleet:watch': 5,
  'fleet:search': 10,
  'alerts:watch': 5,
  'alerts:mark': 5,
  'trips:watch': 5,
  'trips:history': 10,
  'region:watch': 5,
  'crossings:watch': 5,
  'feed:resume': 5,
  'chat:history': 5,
  'zones:open': 5,
};
/** Time in which a client must have read its earlier answers; until it has, expensive requests are then refused. */
const UNREAD_MS = 3_000;
/** Maximum size in bytes of requests that may be larger than {@link MAX_PACKET_BYTES}. */
const SIZES: Readonly<Record<string, number>> = { 'zones:update': ZONE_LIMITS.updateBytes + 1_024 };

type Ack = (answer: object) => void;

/** Sizes in bytes of requests, by the array of name and arguments that the decoder emitted. */
const sizes = new WeakMap<unknown[], number>();

/** Measures the requests on a connection, which its namespaces share. */
const measureRequests = attached((client: Socket['client']) => {
  // Packets are seen before they are decoded; a request with attachments is decoded at its last packet.
  const limits = ConnectionLimits.of(client.conn);
  onDecoded(client, (content) => {
    if (Array.isArray(content)) sizes.set(content, limits.bytes);
    limits.bytes = 0;
  });
  return true;
});

/** Checks that the user of this socket may send another request now, and counts it if so. */
export const allowRequest = (socket: Socket, event = ''): boolean =>
  UserLimits.of(socket.nsp.server).take(socket, costOf(event)) && !isUnread(socket, event);

const costOf = (event: string): number => (Object.hasOwn(COSTS, event) ? COSTS[event]! : 1);

/** Whether a request would be expensive and answered in vain: its client does not read. */
const isUnread = ({ conn }: Socket, event: string): boolean =>
  costOf(event) > 1 && ReadingProof.of(conn).outstandingMs() > UNREAD_MS;

/**
 * Returns a function that passes the requests of a socket to the handlers of its namespace, and those without one to the
 * listeners of the socket, each after a check. A refused one is answered with its code; the connection stays open.
 * @param requests names of the requests, each with whether it needs an acknowledgement function
 */
export function requestsTo(
  io: IoNamespace,
  requests: ReadonlyMap<string, boolean>,
): (socket: Socket) => void {
  const table = requestTable(io);

  const check = (socket: Socket, event: string, ack: Ack | null, bytes: number): Code | null => {
    if (!allowRequest(socket, event)) return 'RATE_LIMITED';
    if (!requests.has(event)) return 'UNKNOWN_EVENT';
    if (ack === null && requests.get(event)) return 'ACK_REQUIRED';
    if (io.name === '/dispatch') {
      const refusal = refusalByRights(socket.data as Rights, event);
      if (refusal !== null) return refusal;
    }
    if (bytes > (SIZES[event] ?? MAX_PACKET_BYTES)) return 'TOO_LARGE';
    return null;
  };

  const dispatch = dispatchTo((socket, request) => {
    if (!socket.connected) return;
    // The parser accepts numbers as names.
    const event = String(request[0]);
    // The acknowledgement function, if any, is the last argument, whatever else a client sends.
    const ack = request.length > 1 && typeof request.at(-1) === 'function' ? (request.at(-1) as Ack) : null;
    const code = check(socket, event, ack, sizes.get(request) ?? 0);
    const handle = table.get(event);
    if (code !== null) refuse(socket, event, code, ack);
    else if (handle === undefined) emitRequest(socket, request);
    else {
      const args = request.slice(1, ack === null ? undefined : -1);
      handle({ socket, payload: args.length > 1 ? args : args[0] }, ack);
    }
  });

  return (socket) => {
    measureRequests(socket.client);
    dispatch(socket);
  };
}

function refuse(socket: Socket, event: string, code: Code, ack: Ack | null): void {
  const { message, retry } = CODES[code];
  if (ack !== null) ack({ ok: false, code, message, retry });
  else socket.emit('refused', { event: event.slice(0, 64), code, message, retry });
}

/** Returns the answer to a failed request. Any error but a {@link ProtocolError} is a bug, which the caller logs. */
export const toFailure = (error: unknown) => ({
  ok: false as const,
  ...(error instanceof ProtocolError ? error : new ProtocolError('INTERNAL')).failure,
});
