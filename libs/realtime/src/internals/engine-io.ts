/**
 * Assumptions about Engine.IO that go beyond its documentation, each named by its function. `engine-io.test.ts` checks them
 * against the installed version, which `package.json` pins.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'socket.io';
import type { WebSocket } from 'ws';

/** Engine.IO packet, see https://socket.io/docs/v4/engine-io-protocol/ */
export type EnginePacket = { type: string; data?: unknown };

/** Engine.IO packet that waits to be sent. */
export type WaitingPacket = EnginePacket & { options?: { wsPreEncodedFrame?: unknown } };

/** Engine.IO connection, as emitted by `server.engine` and referred to by `socket.conn`. */
export type EngineConnection = Socket['conn'];

type Engine = {
  clients: Record<string, EngineConnection>;
  use(middleware: (req: IncomingMessage, res: ServerResponse, next: () => void) => void): void;
};

/**
 * Calls the listener with each packet that a client sends.
 * Assumes that Engine.IO emits `packet` before it handles the packet, that a connection closed by the listener with
 * {@link closeNow} handles neither that packet nor the following ones of the same POST, and that `upgrading` is emitted for
 * each probe that arrives on a second transport.
 */
export function onEnginePacket(
  conn: EngineConnection,
  listener: (this: EngineConnection, packet: EnginePacket) => void,
): void {
  conn.on('packet', listener);
  // A WebSocket is upgraded no further.
  if (conn.transport.name !== 'websocket')
    conn.on('upgrading', () => listener.call(conn, { type: 'ping', data: 'probe' }));
}

/**
 * Ends a connection at once and drops its waiting packets.
 * Assumes that `close(true)` ends it within the call, so that its sockets emit `disconnect` and no CONNECT that is still
 * being checked succeeds. Without the argument, Engine.IO waits up to 30 s for a client that does not poll.
 */
export const closeNow = (conn: EngineConnection): void => conn.close(true);

/**
 * Ends a connection at once, even if the client reads nothing: a WebSocket would otherwise hold what it was sending until
 * ws gives up waiting for the client's close frame.
 * Assumes that a WebSocket transport keeps its ws WebSocket in the private `socket`.
 */
export function terminate(conn: EngineConnection): void {
  const { name, socket: ws } = conn.transport as unknown as { name: string; socket: WebSocket };
  closeNow(conn);
  if (name === 'websocket') ws.terminate();
  for (const response of unfinished.get(conn)?.keys() ?? []) response.destroy();
}

/** Responses to long polls that are not finished, with their bytes before compression. */
const unfinished = new WeakMap<EngineConnection, Map<ServerResponse, number>>();

/**
 * Counts what is about to be sent as part of the response to the current long poll; call it on each flush.
 * Assumes that a polling transport keeps that response in the private `res` during `flush`, and that a response emits
 * `close` once the kernel has all of it. Its own count would be too low, as compression holds back what is not read.
 * @returns bytes of the earlier responses that their client has not read; zero on a WebSocket
 */
export function unreadResponseBytes(conn: EngineConnection, bytes: number): number {
  const { name, res } = conn.transport as unknown as { name: string; res: ServerResponse | null };
  if (name !== 'polling') return 0;
  const responses = unfinished.get(conn) ?? new Map<ServerResponse, number>();
  unfinished.set(conn, responses);
  const unread = [...responses.values()].reduce((sum, size) => sum + size, 0);
  if (res && !responses.has(res)) {
    responses.set(res, bytes);
    res.once('close', () => responses.delete(res));
  }
  return unread;
}

/**
 * Ends a connection whose POST exceeded `maxHttpBufferSize`, just as a too large WebSocket message ends its connection.
 * Assumes that Engine.IO answers such a POST with 413 and leaves the connection open, that its middleware sees requests
 * before that, and that `clients` holds the connections by the `sid` of the query.
 */
export function closeOnTooLarge(server: Server): void {
  const engine = server.engine as unknown as Engine;
  engine.use((req: IncomingMessage, res: ServerResponse, next: () => void) => {
    if (req.method === 'POST')
      res.once('finish', () => {
        const sid = new URL(req.url!, 'http://localhost').searchParams.get('sid');
        const conn = sid !== null && Object.hasOwn(engine.clients, sid) ? engine.clients[sid] : undefined;
        if (res.statusCode === 413 && conn !== undefined) closeNow(conn);
      });
    next();
  });
}

/**
 * Whether the connection still carries packets.
 * Assumes that `readyState` is `open` until the connection is being closed.
 */
export const isOpen = (conn: EngineConnection): boolean => conn.readyState === 'open';

/**
 * Returns the packets that wait while the transport of a connection is busy.
 * Assumes the private `writeBuffer`, which Engine.IO replaces after each flush.
 */
export const waitingPackets = (conn: EngineConnection): WaitingPacket[] =>
  (conn as unknown as { writeBuffer: WaitingPacket[] }).writeBuffer;

/**
 * Whether a packet that is sent now has to wait.
 * Assumes that the transport is `writable` once it has handed everything to the kernel, and that packets then leave at once.
 */
export const isSending = (conn: EngineConnection): boolean =>
  !(conn.transport as unknown as { writable: boolean }).writable || waitingPackets(conn).length > 0;

/**
 * Resolves once the kernel has everything that was sent on a connection, or the connection has ended.
 * Assumes that a transport emits `ready` each time it becomes writable, and the connection `upgrade` when it gets another
 * transport; a socket without a connection, see {@link createDetachedSocket}, has no transport and is never busy.
 */
export async function whenSent(conn: EngineConnection): Promise<void> {
  while (isOpen(conn) && conn.transport && isSending(conn)) {
    const { transport } = conn;
    await new Promise<void>((resolve) => {
      const done = () => {
        transport.off('ready', done);
        for (const event of ['upgrade', 'close']) conn.off(event, done);
        resolve();
      };
      transport.on('ready', done);
      conn.on('upgrade', done);
      conn.on('close', done);
    });
  }
}

/**
 * Offers each message of Socket.IO to `take` before the connection gets it.
 * Assumes that Socket.IO sends packets by `write` of the connection only, which adds the packet to the queue or sends it at
 * once.
 * @param take sends the message itself and returns true, or leaves it to the connection; connections can share it
 */
export function takeWrites(conn: EngineConnection, take: TakeWrite): void {
  const write = writers.get(take) ?? writerOf(take, conn.write);
  writers.set(take, write);
  conn.write = write;
}

type TakeWrite = (conn: EngineConnection, packet: WaitingPacket) => boolean;
type Write = EngineConnection['write'];
const writers = new WeakMap<TakeWrite, Write>();

function writerOf(take: TakeWrite, original: Write): Write {
  return function write(this: EngineConnection, data, options, callback) {
    const isTaken = take(this, { type: 'message', data, options: options as WaitingPacket['options'] });
    return isTaken ? this : original.call(this, data, options, callback);
  };
}

/**
 * Calls the listener with the packets of a connection that are about to be sent; it may change the array in place.
 * Assumes that Engine.IO emits `flush` with the `writeBuffer` itself, before it passes that to the transport.
 */
export function onFlush(
  server: Server,
  listener: (conn: EngineConnection, waiting: WaitingPacket[]) => void,
): void {
  server.engine.on('flush', listener);
}

/**
 * Stops the two timers of a connection that Engine.IO has for its pings; see {@link Heartbeats}.
 * Assumes the private `pingIntervalTimer`, that no other is started unless Engine.IO has sent a ping by itself, and that a
 * pong without timers is accepted.
 */
export function stopPings(conn: EngineConnection): void {
  const timers = conn as unknown as { pingIntervalTimer: NodeJS.Timeout | null };
  if (timers.pingIntervalTimer !== null) clearTimeout(timers.pingIntervalTimer);
  timers.pingIntervalTimer = null;
}

/** Ends a connection that has not answered. Assumes the private `onClose`, which takes the reason. */
export const endUnanswered = (conn: EngineConnection): void =>
  (conn as unknown as { onClose(reason: string): void }).onClose('ping timeout');
