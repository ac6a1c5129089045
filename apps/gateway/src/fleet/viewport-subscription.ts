import { Injectable } from '@nestjs/common';
import type { Socket } from 'socket.io';
import { cellRoom } from '#protocol';
import { WatchQueue } from '#realtime';
import { RoomSubscriptions } from './room-subscriptions.js';

/** The cells that a view gained and lost. */
export type CellChange = { entered: string[]; removedCells: string[] };

/** The cells of the viewport that each dispatcher watches. */
@Injectable()
export class ViewportSubscription {
  readonly #cells = new WeakMap<Socket, ReadonlySet<string>>();
  /** Each answer builds on the one before, so the changes of a socket run one at a time. */
  readonly #queue = new WatchQueue();

  constructor(private readonly rooms: RoomSubscriptions) {}

  /**
   * Runs a change of what a socket watches, which may call {@link replace}. When it fails, the socket watches nothing:
   * otherwise the client would keep getting deltas for a view that it does not have.
   * @throws {ProtocolError} SUPERSEDED, or what `change` throws
   */
  run<T>(socket: Socket, change: () => Promise<T>): Promise<T> {
    return this.#queue.run(socket, async () => {
      try {
        return await change();
      } catch (error) {
        await this.replace(socket, []);
        throw error;
      }
    });
  }

  /**
   * Replaces the cells that a socket watches. Resolves when the pushes of all of them reach this node, so that a snapshot
   * read afterwards leaves no gap.
   * @throws {ProtocolError} UNAVAILABLE
   */
  async replace(socket: Socket, cells: string[]): Promise<CellChange> {
    const previous = this.#cells.get(socket) ?? new Set();
    const next = new Set(cells);
    const removedCells = [...previous].filter((cell) => !next.has(cell));
    for (const cell of removedCells) this.rooms.leave(socket, cellRoom(cell));
    this.#cells.set(socket, next);
    await this.rooms.join(socket, cells.map(cellRoom));
    return { entered: cells.filter((cell) => !previous.has(cell)), removedCells };
  }
}
