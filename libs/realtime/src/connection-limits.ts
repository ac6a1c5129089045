import type { Socket } from 'socket.io';
import { closeNow, type EngineConnection, isConnect, onEnginePacket } from './library-internals.js';
import { RateLimiter, type RateLimitPolicy } from './rate-limiter.js';

/**
 * Packets of one connection: twice the requests that a user may send, so that a client that sends too many requests gets
 * `RATE_LIMITED` before it is disconnected.
 */
const PACKETS: RateLimitPolicy = { burst: 1_000, perSecond: 200 };
/** Connection requests to namespaces, which are answered before the user is known. */
const CONNECTS: RateLimitPolicy = { burst: 20, perSecond: 1 };
/** Refused connection requests after which the connection is closed. */
const MAX_REFUSED = 5;

/**
 * Limits of one Engine.IO connection, from its first packet on: every packet is counted here before it is decoded. A
 * connection that exceeds a limit is closed.
 */
export class ConnectionLimits {
  static readonly #of = new WeakMap<EngineConnection, ConnectionLimits>();
  readonly #packets = new RateLimiter(PACKETS, Date.now());
  readonly #connects = new RateLimiter(CONNECTS, Date.now());
  readonly #pending = new Set<string>();
  /** callbacks that release the resources of a socket when it ends */
  readonly #opened = new Map<Socket, () => void>();
  #refused = 0;

  /** Returns the limits of a connection, created on first use. */
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
   * Starts the check of a request for a namespace. Once the first has succeeded, Socket.IO treats a second one as a protocol
   * violation; while the first is still being checked, a second one would open a second socket.
   * @returns false when a request for this namespace is already being checked; the connection is then closed
   */
  begin(namespace: string): boolean {
    if (this.#pending.has(namespace)) {
      closeNow(this.conn);
      return false;
    }
    this.#pending.add(namespace);
    return true;
  }

  /** Ends the check of a request for a namespace. */
  end(namespace: string): void {
    this.#pending.delete(namespace);
  }

  /** Calls `release` once: when the socket ends, or when the connection ends before the socket is connected. */
  opened(socket: Socket, release: () => void): void {
    this.#opened.set(socket, release);
    socket.once('disconnect', () => {
      if (this.#opened.delete(socket)) release();
    });
  }

  /** Sockets of this connection, in any namespace. */
  get sockets(): Socket[] {
    return [...this.#opened.keys()];
  }

  /** Counts a refused request for a namespace; the fifth closes the connection once its answer is sent. */
  refused(): void {
    this.#refused += 1;
    if (this.#refused === MAX_REFUSED) setImmediate(() => this.conn.close());
  }
}
