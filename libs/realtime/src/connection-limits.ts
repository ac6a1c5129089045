import type { Socket } from 'socket.io';
import { Bucket } from './bucket.js';
import { closeNow, type EngineConnection, isConnect, onEnginePacket } from './socketio-internals.js';

/**
 * Packets of a connection at once, and each second in the long run: twice what the requests of a user may be, so that
 * a client that sends too many requests is told so before it is disconnected.
 */
const PACKETS = { burst: 1_000, perSecond: 200 };
/** Requests for a namespace, which are answered before anybody knows whose they are. */
const CONNECTS = { burst: 20, perSecond: 1 };
const MAX_REFUSED = 5;

/**
 * Limits of one connection of Engine.IO, from its first packet on: nothing that a client sends is decoded before it was
 * counted here. A connection that is over one of them is closed.
 */
export class ConnectionLimits {
  static readonly #of = new WeakMap<EngineConnection, ConnectionLimits>();
  readonly #packets = new Bucket(PACKETS.burst, PACKETS.perSecond, Date.now());
  readonly #connects = new Bucket(CONNECTS.burst, CONNECTS.perSecond, Date.now());
  readonly #pending = new Set<string>();
  /** by socket, what its end releases */
  readonly #opened = new Map<Socket, () => void>();
  #refused = 0;

  static of(conn: EngineConnection): ConnectionLimits {
    const known = ConnectionLimits.#of.get(conn);
    if (known !== undefined) return known;
    const limits = new ConnectionLimits(conn);
    ConnectionLimits.#of.set(conn, limits);
    return limits;
  }

  private constructor(private readonly conn: EngineConnection) {
    onEnginePacket(conn, (packet) => {
      const now = Date.now();
      const isAllowed = this.#packets.take(now) && (!isConnect(packet) || this.#connects.take(now));
      if (!isAllowed) closeNow(conn);
    });
    conn.once('close', () => {
      for (const release of this.#opened.values()) release();
      this.#opened.clear();
    });
  }

  /**
   * Begins the check of a request for a namespace. Socket.IO takes a second one as a violation of its protocol once the
   * first has succeeded; while the first is being checked, it would open a second socket.
   * @returns false when one for this namespace is being checked already; the connection is closed then
   */
  begin(namespace: string): boolean {
    if (this.#pending.has(namespace)) {
      closeNow(this.conn);
      return false;
    }
    this.#pending.add(namespace);
    return true;
  }

  end(namespace: string): void {
    this.#pending.delete(namespace);
  }

  /** Calls `release` once, when the socket ends, or its connection before the socket was there. */
  opened(socket: Socket, release: () => void): void {
    this.#opened.set(socket, release);
    socket.once('disconnect', () => {
      if (this.#opened.delete(socket)) release();
    });
  }

  /** Counts a request for a namespace that was refused; the fifth ends the connection once its answer is sent. */
  refused(): void {
    this.#refused += 1;
    if (this.#refused === MAX_REFUSED) setImmediate(() => this.conn.close());
  }
}
