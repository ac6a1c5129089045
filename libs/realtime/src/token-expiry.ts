import type { Socket } from 'socket.io';
import { clock } from '#store';

const INTERVAL_MS = 250;

/** Disconnects sockets when their tokens expire, by one timer for all of them. */
export class TokenExpiry {
  readonly #sockets = new Set<Socket>();
  /** earliest expiry, epoch ms; it may have been that of a socket that is gone */
  #next = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  /** Watches a socket, or notices that it has another token. */
  add(socket: Socket): void {
    this.#sockets.add(socket);
    this.#next = Math.min(this.#next, socket.data.expiresAt);
    this.#timer ??= setInterval(() => this.#check(), INTERVAL_MS).unref();
  }

  delete(socket: Socket): void {
    this.#sockets.delete(socket);
    if (this.#sockets.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #check(): void {
    const now = clock.now();
    if (now < this.#next) return;
    const expired: Socket[] = [];
    this.#next = Number.POSITIVE_INFINITY;
    for (const socket of this.#sockets) {
      const { expiresAt } = socket.data;
      if (expiresAt <= now) expired.push(socket);
      else this.#next = Math.min(this.#next, expiresAt);
    }
    for (const socket of expired) socket.disconnect(true);
  }
}
