import PQueue from 'p-queue';
import type { Server, Socket } from 'socket.io';
import { ProtocolError } from '#protocol';
import { attached } from './attached.js';
import { RateLimiter, type RateLimitPolicy } from './rate-limiter.js';
import type { Identity } from './tokens.js';

/** Maximum sockets of one user at one gateway, across all namespaces. */
const MAX_SOCKETS = 10;
/** Rate limit of one user across all sockets at this gateway, in cost of requests. */
const REQUESTS: RateLimitPolicy = { burst: 500, perSecond: 100 };
/** Maximum expensive requests of one user that run at the same time. */
const MAX_RUNNING = 2;
/**
 * Maximum expensive requests of one user that begin in one second. A watch takes several milliseconds and its answer up to some
 * hundred kilobytes, so without it a few users could keep a gateway busy within their rate limits.
 */
const MAX_BEGUN_PER_S = 3;
const INTERVAL_MS = 1_000;
/** Maximum expensive requests of all users that run at the same time, so that others get their turn in between. */
const MAX_RUNNING_OF_ALL = 4;
/** Time without a socket after which a user is forgotten; its rate limit is full again by then. */
const FORGET_MS = 10_000;

/** State of one user at this gateway. */
class User {
  sockets = 0;
  readonly requests = new RateLimiter(REQUESTS, Date.now());
  #expensive: PQueue | null = null;

  constructor(readonly key: string) {}

  /** Queue of the expensive requests, which most users need for a moment only. */
  get expensive(): PQueue {
    this.#expensive ??= new PQueue({
      concurrency: MAX_RUNNING,
      interval: INTERVAL_MS,
      intervalCap: MAX_BEGUN_PER_S,
    });
    return this.#expensive;
  }

  /** Drops the queue unless it is in use. */
  dropQueue(): void {
    const queue = this.#expensive;
    if (queue !== null && queue.size === 0 && queue.pending === 0) this.#expensive = null;
  }
}

const USER = Symbol('user');
type Counted = { [USER]?: User };
const userOf = (socket: Socket): User | undefined => (socket as Counted)[USER];

/**
 * Limits of each user at one gateway: sockets, rate of requests, and concurrent expensive requests. They apply to the user,
 * not to the connection, so that more connections do not raise them.
 */
export class UserLimits {
  /** Returns the limits that all namespaces of a server share. */
  static readonly of = attached((_server: Server) => new UserLimits());
  readonly #users = new Map<string, User>();
  readonly #expensive = new PQueue({ concurrency: MAX_RUNNING_OF_ALL });

  /** Counts a socket until {@link close}. @throws {ProtocolError} TOO_MANY_CONNECTIONS */
  open(socket: Socket, { role, userId }: Identity): void {
    const key = `${role} ${userId}`;
    const user = this.#users.get(key) ?? new User(key);
    if (user.sockets >= MAX_SOCKETS) throw new ProtocolError('TOO_MANY_CONNECTIONS');
    user.sockets += 1;
    this.#users.set(key, user);
    (socket as Counted)[USER] = user;
  }

  /** Releases a socket. */
  close(socket: Socket): void {
    const user = userOf(socket);
    if (user === undefined) return;
    (socket as Counted)[USER] = undefined;
    user.sockets -= 1;
    if (user.sockets > 0) return;
    setTimeout(() => {
      if (user.sockets === 0 && this.#users.get(user.key) === user) this.#users.delete(user.key);
    }, FORGET_MS).unref();
  }

  /** Counts a request of this cost. @returns false, and counts nothing, when the user may not send it now */
  take(socket: Socket, cost: number): boolean {
    return userOf(socket)?.requests.take(Date.now(), cost) ?? false;
  }

  /** Runs an expensive request, at most {@link MAX_RUNNING} of the user at a time and {@link MAX_BEGUN_PER_S}. @throws {ProtocolError} SUPERSEDED */
  async run<T>(socket: Socket, work: () => Promise<T>): Promise<T> {
    const user = userOf(socket);
    // The socket has ended.
    if (user === undefined) throw new ProtocolError('SUPERSEDED');
    try {
      return await user.expensive.add(() => this.#expensive.add(work));
    } finally {
      // Only then does it not limit the next request.
      setTimeout(() => user.dropQueue(), INTERVAL_MS).unref();
    }
  }
}
