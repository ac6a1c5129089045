import type { Socket } from 'socket.io';
import { attached } from './attached.js';
import { closeNow, type EngineConnection, type EnginePacket, onEnginePacket } from './internals/engine-io.js';
import { isConnect } from './internals/socket-io.js';
import { RateLimiter, type RateLimitPolicy } from './rate-limiter.js';
import { UserLimits } from './user-limits.js';

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
  /** Returns the limits of a connection, created on first use. */
  static readonly of = attached((conn: EngineConnection) => new ConnectionLimits(conn));

  /** bytes of the messages since the last request was decoded */
  bytes = 0;
  /** whether a packet has arrived since the last ping; see `Heartbeats` */
  hasAnswered = true;
  readonly #packets = new RateLimiter(PACKETS, Date.now());
  readonly #connects = new RateLimiter(CONNECTS, Date.now());
  /** namespaces whose requests are being checked */
  #pending: string[] = [];
  #sockets: Socket[] = [];
  #refused = 0;

  private constructor(private readonly conn: EngineConnection) {
    onEnginePacket(conn, countPacket);
    conn.on('close', releaseAll);
  }

  /**
   * Starts the check of a request for a namespace. Once the first has succeeded, Socket.IO treats a second one as a protocol
   * violation; while the first is still being checked, a second one would open a second socket.
   * @returns false when a request for this namespace is already being checked; the connection is then closed
   */
  begin(namespace: string): boolean {
    if (this.#pending.includes(namespace)) {
      closeNow(this.conn);
      return false;
    }
    this.#pending = [...this.#pending, namespace];
    return true;
  }

  /** Ends the check of a request for a namespace. */
  end(namespace: string): void {
    this.#pending = this.#pending.filter((other) => other !== namespace);
  }

  /** Keeps a socket, which counts as one of its user, until {@link closed} or the end of the connection. */
  opened(socket: Socket): void {
    this.#sockets = [...this.#sockets, socket];
  }

  closed(socket: Socket): void {
    this.#sockets = this.#sockets.filter((other) => other !== socket);
    UserLimits.of(socket.nsp.server).close(socket);
  }

  /** Sockets of this connection, in any namespace. */
  get sockets(): readonly Socket[] {
    return this.#sockets;
  }

  /** Counts a refused request for a namespace; the fifth closes the connection once its answer is sent. */
  refused(): void {
    this.#refused += 1;
    if (this.#refused === MAX_REFUSED) setImmediate(() => this.conn.close());
  }

  /** @returns whether the packet is within the limits */
  count(packet: EnginePacket): boolean {
    const now = Date.now();
    this.hasAnswered = true;
    // An empty packet has no data.
    if (packet.type === 'message') this.bytes += Buffer.byteLength((packet.data ?? '') as string | Buffer);
    return this.#packets.take(now) && (!isConnect(packet) || this.#connects.take(now));
  }
}

// All connections share these two: functions of their own for each would take more memory than what they use.
function countPacket(this: EngineConnection, packet: EnginePacket): void {
  if (!ConnectionLimits.of(this).count(packet)) closeNow(this);
}

/** Releases also the sockets that were not connected yet. */
function releaseAll(this: EngineConnection): void {
  const limits = ConnectionLimits.of(this);
  for (const socket of limits.sockets) limits.closed(socket);
}
