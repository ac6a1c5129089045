import { Injectable } from '@nestjs/common';
import { indexCellsAround } from '#geo/cells';
import { cellRoom, nearbyRoom, ProtocolError } from '#protocol';
import { type CarChanges, Hub, type RoomListener } from '#realtime';
import { clock } from '#store';
import { GridCars } from './grid-cars.js';
import type { HeldChanges } from './nearest-cars.js';

type Receiver = (changes: HeldChanges) => void;
/** A watched cell: its receivers, and the index cells around it. */
type Watched = { receivers: Set<Receiver>; around: readonly string[] };

/**
 * Passes the changes of cells to the views at this gateway: of sockets, event streams and long polling. One member of the rooms
 * receives them for all, so that each is decoded once, and no client is in a room where cars have the ids of their drivers. It is also in the rooms of the index cells around, without which
 * processors would not look for watchers of the cells.
 */
@Injectable()
export class NearbyFrames {
  readonly #watched = new Map<string, Watched>();
  /** number of watched cells around which each index cell is */
  readonly #around = new Map<string, number>();
  #listener: RoomListener<'/rider'> | null = null;

  constructor(
    private readonly hub: Hub,
    private readonly gridCars: GridCars,
  ) {}

  /**
   * Passes the changes of these cells to a receiver. Resolves when they reach this node, so that a snapshot read afterwards
   * leaves no gap.
   * @throws {ProtocolError} UNAVAILABLE; the caller then unsubscribes
   */
  async subscribe(receiver: Receiver, cells: Iterable<string>): Promise<void> {
    const unique = new Set<string>();
    for (const cell of cells) {
      const { receivers, around } = this.#watched.get(cell) ?? this.#add(cell);
      receivers.add(receiver);
      unique.add(cellRoom(cell));
      for (const indexCell of around) unique.add(nearbyRoom(indexCell));
    }
    if (unique.size === 0) return;
    const rooms = [...unique];
    const listener = this.#listener ?? this.#listen();
    await listener.join(rooms);
    // Another request that failed meanwhile may have left a room that both had joined.
    if (!rooms.every((room) => listener.socket.rooms.has(room))) throw new ProtocolError('UNAVAILABLE');
  }

  unsubscribe(receiver: Receiver, cells: Iterable<string>): void {
    for (const cell of cells) {
      const watched = this.#watched.get(cell);
      if (watched?.receivers.delete(receiver) && watched.receivers.size === 0) this.#remove(cell, watched);
    }
    if (this.#watched.size > 0) return;
    this.#listener?.close();
    this.#listener = null;
  }

  #pass({ moved, ...changes }: CarChanges): void {
    const receivers = this.#watched.get(changes.cell)?.receivers;
    if (receivers === undefined) return;
    const now = clock.now();
    const held = moved.map((car) => this.gridCars.hold({ ...car, cell: changes.cell }, now));
    for (const receive of receivers) receive({ ...changes, moved: held });
  }

  #add(cell: string): Watched {
    const watched = { receivers: new Set<Receiver>(), around: indexCellsAround(cell) };
    this.#watched.set(cell, watched);
    for (const indexCell of watched.around)
      this.#around.set(indexCell, (this.#around.get(indexCell) ?? 0) + 1);
    return watched;
  }

  #remove(cell: string, { around }: Watched): void {
    this.#watched.delete(cell);
    this.#listener?.leave(cellRoom(cell));
    for (const indexCell of around) {
      const others = this.#around.get(indexCell)! - 1;
      if (others > 0) this.#around.set(indexCell, others);
      else {
        this.#around.delete(indexCell);
        this.#listener?.leave(nearbyRoom(indexCell));
      }
    }
  }

  #listen(): RoomListener<'/rider'> {
    const listener: RoomListener<'/rider'> = this.hub.listenForNode('/rider', {
      event: ({ event, payload }) => {
        if (event === 'cars:changed') this.#pass(payload);
      },
      closed: () => {
        if (this.#listener === listener) this.#listener = null;
      },
    });
    this.#listener = listener;
    return listener;
  }
}
