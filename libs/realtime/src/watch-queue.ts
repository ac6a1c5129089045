import type { Socket } from 'socket.io';
import { ProtocolError } from '#protocol';
import { UserLimits } from './user-limits.js';

type Work = { start: () => void; drop: () => void };
type Queue = { isRunning: boolean; waiting: Work | null };

/**
 * Expensive requests of a socket of which only the newest matters, such as those for what it watches: one runs and one
 * waits. A newer request replaces the one that waits, which is refused with `SUPERSEDED`; so is one that waits when its
 * socket disconnects. Of one user, two run at the same time at a gateway, on however many sockets.
 */
export class WatchQueue {
  readonly #queues = new WeakMap<Socket, Queue>();

  /** @throws {ProtocolError} SUPERSEDED */
  run<T>(socket: Socket, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(socket) ?? { isRunning: false, waiting: null };
    this.#queues.set(socket, queue);
    return new Promise<T>((resolve, reject) => {
      const drop = () => reject(new ProtocolError('SUPERSEDED'));
      const start = () => {
        queue.isRunning = true;
        this.#run(socket, work)
          .then(resolve, reject)
          .finally(() => {
            queue.isRunning = false;
            const next = queue.waiting;
            queue.waiting = null;
            next?.start();
          });
      };
      if (!queue.isRunning) start();
      else {
        queue.waiting?.drop();
        queue.waiting = { start, drop };
      }
    });
  }

  #run<T>(socket: Socket, work: () => Promise<T>): Promise<T> {
    return UserLimits.of(socket.nsp.server).run(socket, async () => {
      // It may have waited for others of its user, too.
      if (!socket.connected) throw new ProtocolError('SUPERSEDED');
      return work();
    });
  }
}
