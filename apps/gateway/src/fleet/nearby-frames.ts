import { Injectable } from '@nestjs/common';
import { cellRoom, type Frame, ProtocolError } from '#protocol';
import { Hub, type RoomListener } from '#realtime';

type Receiver = (frame: Frame) => void;

/**
 * Passes the frames of cells to the views at this gateway. One member of the rooms receives them for all, so that each frame
 * is decoded once.
 */
@Injectable()
export class NearbyFrames {
  readonly #receivers = new Map<string, Set<Receiver>>();
  #listener: RoomListener<'/rider'> | null = null;

  constructor(private readonly hub: Hub) {}

  /**
   * Passes the frames of these cells to a receiver. Resolves when they reach this node, so that a snapshot read afterwards
   * leaves no gap.
   * @throws {ProtocolError} UNAVAILABLE; the caller then unsubscribes
   */
  async subscribe(receiver: Receiver, cells: Iterable<string>): Promise<void> {
    const rooms: string[] = [];
    for (const cell of cells) {
      const receivers = this.#receivers.get(cell) ?? new Set();
      this.#receivers.set(cell, receivers.add(receiver));
      rooms.push(cellRoom(cell));
    }
    if (rooms.length === 0) return;
    const listener = this.#listener ?? this.#listen();
    await listener.join(rooms);
    // Another request that failed meanwhile may have left a room that both had joined.
    if (!rooms.every((room) => listener.socket.rooms.has(room))) throw new ProtocolError('UNAVAILABLE');
  }

  unsubscribe(receiver: Receiver, cells: Iterable<string>): void {
    for (const cell of cells) {
      const receivers = this.#receivers.get(cell);
      if (receivers === undefined || !receivers.delete(receiver) || receivers.size > 0) continue;
      this.#receivers.delete(cell);
      this.#listener?.leave(cellRoom(cell));
    }
    if (this.#receivers.size > 0) return;
    this.#listener?.close();
    this.#listener = null;
  }

  #listen(): RoomListener<'/rider'> {
    const listener: RoomListener<'/rider'> = this.hub.listenForNode('/rider', {
      event: ({ event, payload }) => {
        if (event === 'cars') for (const receive of this.#receivers.get(payload.cell) ?? []) receive(payload);
      },
      closed: () => {
        if (this.#listener === listener) this.#listener = null;
      },
    });
    this.#listener = listener;
    return listener;
  }
}
