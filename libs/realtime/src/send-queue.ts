import { CODES, type Code } from '#protocol';
import { clock } from '#store';
import { conflate } from './conflation.js';
import { ConnectionLimits } from './connection-limits.js';
import {
  type EngineConnection,
  isSending,
  onFlush,
  onPacketQueued,
  requestProofOfReading,
  terminate,
  unreadResponseBytes,
  type WaitingPacket,
  waitingPackets,
} from './library-internals.js';

/** Time between two flushes above which a connection counts as slow. */
const SLOW_MS = 500;
/** Time without any progress after which a client is disconnected; it has then missed a ping, too. */
const STALLED_MS = 15_000;
/**
 * Bytes after which a WebSocket client must prove that it reads them. The kernel takes several megabytes for each client
 * before anything waits in this process, and long before that the work of answering is wasted.
 */
const UNPROVEN_BYTES = 65_536;
/** Memory of a waiting packet besides its content. */
const PACKET_BYTES = 256;
/** Time in which a slow reader may still read why it is disconnected. */
export const FAREWELL_MS = 3_000;

export type SendQueueOptions = {
  /** maximum bytes that wait for one client, besides the largest single message */
  maxWaitingBytes: number;
  /** called when a client is disconnected because it reads too slowly */
  onSlowReader?: ((transport: string) => void) | undefined;
};

/** Failure that ends a connection: `refused` with the event `connection`. */
export const endOfConnection = (code: Code) => ({
  event: 'connection',
  code,
  message: CODES[code].message,
  retry: CODES[code].retry,
});

/**
 * Bounds the packets that wait while the transport of a connection is busy. A queue that grows, or waits long, is
 * conflated. If more than the maximum waits nevertheless, or a WebSocket client reads nothing for long, it is
 * disconnected: the queue is dropped, and it gets `refused` with `SLOW_READER`. A client that keeps up gets every packet in
 * its original order.
 */
export function boundSendQueue(
  conn: EngineConnection,
  { maxWaitingBytes, onSlowReader }: SendQueueOptions,
): void {
  /** when the write in progress began */
  let flushedAt = performance.now();
  let bytes = 0;
  /** size of the queue after the last conflation, so that each byte is conflated a bounded number of times */
  let conflatedBytes = 0;
  /** size of what was sent since the client last proved that it reads */
  let unprovenBytes = 0;
  /** when a proof was requested that has not arrived */
  let unprovenSince: number | null = null;
  let isEnding = false;
  let isChecking = false;

  const conflateQueue = (waiting: WaitingPacket[]) =>
    waiting.splice(0, waiting.length, ...conflate(waiting, clock.now()));

  const end = () => {
    if (isEnding) return;
    isEnding = true;
    onSlowReader?.(conn.transport.name);
    endSlowReader(conn);
  };
  const endIfTooSlow = (waitingBytes: number, largest: number) => {
    if (waitingBytes - largest > maxWaitingBytes) end();
  };

  const check = () => {
    isChecking = false;
    const waiting = waitingPackets(conn);
    if (waiting.length === 0) return;
    conflateQueue(waiting);
    const sizes = waiting.map(sizeOf);
    bytes = sizes.reduce((sum, size) => sum + size, 0);
    conflatedBytes = bytes;
    endIfTooSlow(bytes, Math.max(...sizes));
  };

  const expectProof = (now: number) => {
    if (unprovenSince !== null && now - unprovenSince > STALLED_MS) return queueMicrotask(end);
    if (unprovenSince !== null || unprovenBytes < UNPROVEN_BYTES) return;
    unprovenBytes = 0;
    unprovenSince = now;
    // After what is being sent now.
    setImmediate(() =>
      requestProofOfReading(conn, () => {
        unprovenSince = null;
      }),
    );
  };

  onPacketQueued(conn, (packet) => {
    if (!isSending(conn)) return;
    bytes += sizeOf(packet);
    if (conn.transport.name === 'websocket' && performance.now() - flushedAt > STALLED_MS)
      queueMicrotask(end);
    // Afterwards, because this packet is not in the queue yet.
    if (isChecking || bytes - conflatedBytes <= maxWaitingBytes / 2) return;
    isChecking = true;
    queueMicrotask(check);
  });
  onFlush(conn, (waiting) => {
    const now = performance.now();
    if (waiting.length > 1 && now - flushedAt > SLOW_MS) conflateQueue(waiting);
    flushedAt = now;
    if (conn.transport.name === 'websocket') {
      unprovenBytes += waiting.reduce((sum, packet) => sum + sizeOf(packet), 0);
      expectProof(now);
    }
    // A client can poll over new TCP connections without reading the responses on the old ones.
    const unread = unreadResponseBytes(conn, bytes);
    bytes = 0;
    conflatedBytes = 0;
    if (unread > 0) queueMicrotask(() => endIfTooSlow(unread, 0));
  });
}

function sizeOf({ data }: WaitingPacket): number {
  const size = typeof data === 'string' || Buffer.isBuffer(data) ? Buffer.byteLength(data) : 0;
  return size + PACKET_BYTES;
}

function endSlowReader(conn: EngineConnection): void {
  waitingPackets(conn).length = 0;
  const { sockets } = ConnectionLimits.of(conn);
  for (const socket of sockets) socket.emit('refused', endOfConnection('SLOW_READER'));
  // The first one ends the connection for all.
  for (const socket of sockets) socket.disconnect(true);
  setTimeout(() => terminate(conn), FAREWELL_MS).unref();
}
