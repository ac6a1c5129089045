import PQueue from 'p-queue';
import type { Socket } from 'socket.io';
import { ProtocolError } from '#protocol';

/** Maximum number of waiting requests of one socket. */
const MAX_WAITING = 32;

/**
 * Runs the requests of each socket one at a time, in order. Requests beyond {@link MAX_WAITING} are refused with
 * `RATE_LIMITED`; those that have not started when the socket disconnects are refused with `SUPERSEDED`.
 */
export class KeyedQueue {
  readonly #queues = new WeakMap<Socket, PQueue>();

  /** @throws {ProtocolError} RATE_LIMITED or SUPERSEDED */
  async run<T>(socket: Socket, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(socket) ?? new PQueue({ concurrency: 1 });
    this.#queues.set(socket, queue);
    if (queue.size >= MAX_WAITING) throw new ProtocolError('RATE_LIMITED');
    return queue.add(() => {
      if (!socket.connected) throw new ProtocolError('SUPERSEDED');
      return work();
    });
  }
}
