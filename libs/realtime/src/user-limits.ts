import PQueue from 'p-queue';
import type { Server, Socket } from 'socket.io';
import { ProtocolError } from '#protocol';
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
/** Maximum expensive requests of all users that run at the same time, so that others get their turn in between. */
const MAX_RUNNING_OF_ALL = 4;
/** Time without a socket after which a user is forgotten; its rate limit is full again by then. */
const FORGET_MS = 10_000;

/** State of one user at this gateway. */
class User {
  readonly sockets = new Set<Socket>();
  readonly requests = new RateLimiter(REQUESTS, Date.now());
  readonly expensive = new PQueue({
    concurrency: MAX_RUNNING,
    interval: 1_000,
    intervalCap: MAX_BEGUN_PER_S,
  });
}

/**
 * Limits of each user at one gateway: sockets, rate of requests, and concurrent expensive requests. They apply to the user,
 * not to the connection, so that more connections do not raise them.
 */
export class UserLimits {
  static readonly #of = new WeakMap<Server, UserLimits>();
  readonly #users = new Map<string, User>();
  readonly #userOf = new WeakMap<Socket, User>();
  readonly #expensive = new PQueue({ concurrency: MAX_RUNNING_OF_ALL });

  /** Returns the limits that all namespaces of a server share. */
  static of(server: Server): UserLimits {
    const known = UserLimits.#of.get(server);
    if (known !== undefined) return known;
    const limits = new UserLimits();
    UserLimits.#of.set(server, limits);
    return limits;
  }

  /** Counts a socket until {@link close}. @throws {ProtocolError} TOO_MANY_CONNECTIONS */
  open(socket: Socket, { role, userId }: Identity): void {
    const key = `${role} ${userId}`;
    const user = this.#users.get(key) ?? new User();
    if (user.sockets.size >= MAX_SOCKETS) throw new ProtocolError('TOO_MANY_CONNECTIONS');
    user.sockets.add(socket);
    this.#users.set(key, user);
    this.#userOf.set(socket, user);
  }

  /** Releases a socket. */
  close(socket: Socket, { role, userId }: Identity): void {
    const key = `${role} ${userId}`;
    const user = this.#userOf.get(socket);
    if (user === undefined || !user.sockets.delete(socket) || user.sockets.size > 0) return;
    setTimeout(() => {
      if (user.sockets.size === 0 && this.#users.get(key) === user) this.#users.delete(key);
    }, FORGET_MS).unref();
  }

  /** Counts a request of this cost. @returns false, and counts nothing, when the user may not send it now */
  take(socket: Socket, cost: number): boolean {
    return this.#userOf.get(socket)?.requests.take(Date.now(), cost) ?? false;
  }

  /** Runs an expensive request, at most {@link MAX_RUNNING} of the user at a time and {@link MAX_BEGUN_PER_S}. */
  run<T>(socket: Socket, work: () => Promise<T>): Promise<T> {
    return this.#userOf.get(socket)!.expensive.add(() => this.#expensive.add(work));
  }
}
