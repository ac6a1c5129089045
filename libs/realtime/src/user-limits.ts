import PQueue from 'p-queue';
import type { Server, Socket } from 'socket.io';
import { ProtocolError } from '#protocol';
import { Bucket } from './bucket.js';
import type { Identity } from './tokens.js';

/** Sockets of one user at one gateway, in all namespaces. */
const MAX_SOCKETS = 10;
/** Cost of requests that a user may send at once, and each second in the long run, over all of its sockets here. */
const BURST = 500;
const PER_SECOND = 100;
/** Expensive requests of one user that run at the same time. */
const MAX_RUNNING = 2;
/** After this long without a socket, a bucket is full again. */
const FORGET_MS = 10_000;

/** What one user has open at this gateway, and may still send. */
class User {
  readonly sockets = new Set<Socket>();
  readonly bucket = new Bucket(BURST, PER_SECOND, Date.now());
  readonly expensive = new PQueue({ concurrency: MAX_RUNNING });
}

/**
 * Limits of each user at one gateway: sockets, rate of requests, and expensive requests at the same time. They belong to the
 * user, not to the connection, so that more connections give no more of anything.
 */
export class UserLimits {
  static readonly #of = new WeakMap<Server, UserLimits>();
  readonly #users = new Map<string, User>();
  readonly #userOf = new WeakMap<Socket, User>();

  /** The limits that the namespaces of a server share. */
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

  close(socket: Socket, { role, userId }: Identity): void {
    const key = `${role} ${userId}`;
    const user = this.#userOf.get(socket);
    if (user === undefined || !user.sockets.delete(socket) || user.sockets.size > 0) return;
    setTimeout(() => {
      if (user.sockets.size === 0 && this.#users.get(key) === user) this.#users.delete(key);
    }, FORGET_MS).unref();
  }

  /** @returns whether the user of this socket may send a request of this cost now; if so, it is counted */
  take(socket: Socket, cost: number): boolean {
    return this.#userOf.get(socket)?.bucket.take(Date.now(), cost) ?? false;
  }

  /** Runs an expensive request, at most two of the user at the same time. */
  run<T>(socket: Socket, work: () => Promise<T>): Promise<T> {
    return this.#userOf.get(socket)!.expensive.add(work);
  }
}
