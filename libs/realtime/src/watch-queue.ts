import type { Socket } from 'socket.io';
import { ProtocolError } from '#protocol';
import { whenSent } from './internals/engine-io.js';
import { ReadingProof } from './reading-proof.js';
import { UserLimits } from './user-limits.js';

type Work = { start: () => void; drop: () => void };
type Queue = { isRunning: boolean; waiting: Work | null };

/**
 * Queue for expensive requests of a socket of which only the newest matters, such as its watches: one runs and one waits.
 * A newer request replaces the waiting one, which is refused with `SUPERSEDED`; so is a waiting one when its socket
 * disconnects. None starts before the client has read its earlier answers, and proved it, so a client that reads nothing causes
 * no work.
 * Each user runs at most two at a time per gateway, across all sockets.
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
            if (next === null) this.#queues.delete(socket);
            else next.start();
          });
      };
      if (!queue.isRunning) start();
      else {
        queue.waiting?.drop();
        queue.waiting = { start, drop };
      }
    });
  }

  async #run<T>(socket: Socket, work: () => Promise<T>): Promise<T> {
    await whenSent(socket.conn);
    await ReadingProof.of(socket.conn).arrived();
    return UserLimits.of(socket.nsp.server).run(socket, async () => {
      // It may have waited for other requests of its user too.
      if (!socket.connected) throw new ProtocolError('SUPERSEDED');
      return work();
    });
  }
}
