import type { Server } from 'socket.io';
import { CODES, type Code } from '#protocol';
import { clock } from '#store';
import { attached } from './attached.js';
import { conflate } from './conflation.js';
import { ConnectionLimits } from './connection-limits.js';
import { frameOf } from './internals/adapter.js';
import {
  type EngineConnection,
  isSending,
  onFlush,
  takeWrites,
  terminate,
  unreadResponseBytes,
  type WaitingPacket,
  waitingPackets,
} from './internals/engine-io.js';
import { writeFrame } from './internals/ws.js';
import { ReadingProof } from './reading-proof.js';
import { runningTime } from './running-time.js';

/** Time between two flushes above which a connection counts as slow. */
const SLOW_MS = 500;
/**
 * Running time without any progress after which a client is disconnected; it has then missed a ping, too. A gateway that stood
 * still has not read the progress yet.
 */
const STALLED_MS = 15_000;
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
 * its original order; a WebSocket with nothing else to send gets the frame that all members of a room share.
 */
export function boundSendQueues(server: Server, options: SendQueueOptions): (conn: EngineConnection) => void {
  const queueOf = attached((conn: EngineConnection) => new SendQueue(conn, options));
  onFlush(server, (conn, waiting) => queueOf(conn).flushed(waiting));
  const take = (conn: EngineConnection, packet: WaitingPacket) => queueOf(conn).send(packet);
  return (conn) => takeWrites(conn, take);
}

class SendQueue {
  /** when the write in progress began */
  #flushedAt = runningTime.now();
  #bytes = 0;
  /** size of the queue after the last conflation, so that each byte is conflated a bounded number of times */
  #conflatedBytes = 0;
  #isEnding = false;
  #isChecking = false;
  readonly #proof: ReadingProof;

  constructor(
    private readonly conn: EngineConnection,
    private readonly options: SendQueueOptions,
  ) {
    this.#proof = ReadingProof.of(conn);
  }

  /** @returns whether the packet was sent, past the queue */
  send(packet: WaitingPacket): boolean {
    const { conn } = this;
    if (!isSending(conn)) {
      const frame = frameOf(packet);
      if (frame === undefined || !writeFrame(conn, frame)) return false;
      this.#sent(frame.length + PACKET_BYTES);
      return true;
    }
    this.#bytes += sizeOf(packet);
    if (conn.transport.name === 'websocket' && runningTime.now() - this.#flushedAt > STALLED_MS)
      queueMicrotask(() => this.#end());
    // Afterwards, because this packet is not in the queue yet.
    if (!this.#isChecking && this.#bytes - this.#conflatedBytes > this.options.maxWaitingBytes / 2) {
      this.#isChecking = true;
      queueMicrotask(() => this.#check());
    }
    return false;
  }

  /** @param waiting packets that are being sent */
  flushed(waiting: WaitingPacket[]): void {
    const { conn } = this;
    if (waiting.length > 1 && runningTime.now() - this.#flushedAt > SLOW_MS) conflateAll(waiting);
    if (conn.transport.name === 'websocket')
      this.#sent(waiting.reduce((sum, packet) => sum + sizeOf(packet), 0));
    else this.#flushedAt = runningTime.now();
    // A client can poll over new TCP connections without reading the responses on the old ones.
    const unread = unreadResponseBytes(conn, this.#bytes);
    this.#bytes = 0;
    this.#conflatedBytes = 0;
    if (unread > 0) queueMicrotask(() => this.#endIfTooSlow(unread, 0));
  }

  #sent(bytes: number): void {
    const now = runningTime.now();
    this.#flushedAt = now;
    if (this.#proof.outstandingMs(now) > STALLED_MS) queueMicrotask(() => this.#end());
    this.#proof.sending(bytes);
  }

  #check(): void {
    this.#isChecking = false;
    const waiting = waitingPackets(this.conn);
    if (waiting.length === 0) return;
    conflateAll(waiting);
    const sizes = waiting.map(sizeOf);
    this.#bytes = sizes.reduce((sum, size) => sum + size, 0);
    this.#conflatedBytes = this.#bytes;
    this.#endIfTooSlow(this.#bytes, Math.max(...sizes));
  }

  #endIfTooSlow(waitingBytes: number, largest: number): void {
    if (waitingBytes - largest > this.options.maxWaitingBytes) this.#end();
  }

  #end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.options.onSlowReader?.(this.conn.transport.name);
    endSlowReader(this.conn);
  }
}

const conflateAll = (waiting: WaitingPacket[]) =>
  waiting.splice(0, waiting.length, ...conflate(waiting, clock.now()));

function sizeOf(packet: WaitingPacket): number {
  const { data } = packet;
  const frame = frameOf(packet);
  if (frame !== undefined) return frame.length + PACKET_BYTES;
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
