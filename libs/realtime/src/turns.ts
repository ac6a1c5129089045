import type { Socket } from 'socket.io';

/** Requests of a socket that follow each other as they were said, whatever each of them waits for. */
export class Turns {
  readonly #last = new WeakMap<Socket, Promise<unknown>>();

  take<T>(socket: Socket, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(socket) ?? Promise.resolve();
    const done = before.catch(() => {}).then(work);
    this.#last.set(socket, done);
    return done;
  }
}
