import PQueue from 'p-queue';
import type { Socket } from 'socket.io';
import { ProtocolError } from '#protocol';

/** Requests of one socket that may wait for their turn. */
const MAX_WAITING = 32;

/**
 * Serial requests of a socket: each begins when the one before is done, whatever that waits for. More than
 * {@link MAX_WAITING} are refused with `RATE_LIMITED`; what has not begun when the socket disconnects is dropped.
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
