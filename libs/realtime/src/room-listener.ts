import type { Namespace as IoNamespace, Socket } from 'socket.io';
import { connectDetachedSocket, createDetachedSocket } from './socketio-internals.js';

export type RoomHandlers = {
  /**
   * what was sent into a room, in the order of Socket.IO; the payload belongs to all members, so it is not changed
   * @param id of an entry of a feed
   */
  event: (event: string, payload: unknown, id?: string) => void;
  /** it is not in this room any more, whether it left or was made to, by any node */
  left?: (room: string) => void;
  /** nothing comes any more, once: it was closed, disconnected by any node, or the server ends */
  closed?: () => void;
};

/**
 * A member of rooms without a Socket.IO connection, for event streams and the like. It is a socket of its namespace, so
 * that everything holds for it that holds for sockets: rooms across nodes, `socketsLeave`, `disconnectSockets`, the count
 * of connections. It was not through the namespace's guard: who listens is checked by the caller. It keeps nothing;
 * what waits for a slow reader is the caller's to bound, as {@link EventStream} does.
 */
export class RoomListener {
  /** for what works on sockets; its client is a dummy, so nothing can be sent to it alone */
  readonly socket: Socket;

  /**
   * @param subscribed see `Hub.subscribed`
   * @param onError takes what a handler throws, which ends the listener and spares the other members of the room
   */
  constructor(
    io: IoNamespace,
    private readonly subscribed: (rooms: string[]) => Promise<void>,
    hears: RoomHandlers,
    onError: (error: Error) => void,
  ) {
    const socket = createDetachedSocket(io, () => socket.disconnect());
    this.socket = socket;
    socket.onAnyOutgoing((event: string, payload: unknown, id?: string) => {
      try {
        hears.event(event, payload, id);
      } catch (error) {
        onError(error as Error);
        this.close();
      }
    });
    const leave = socket.leave.bind(socket);
    socket.leave = (room) => {
      const was = socket.rooms.has(room);
      leave(room);
      if (was) hears.left?.(room);
    };
    socket.once('disconnect', () => hears.closed?.());
    connectDetachedSocket(socket);
  }

  /**
   * Resolves when what is sent into these rooms from now on is heard; a snapshot that is read after this leaves no gap.
   * A listener that was closed joins nothing.
   * @throws {Refusal} UNAVAILABLE while Redis is away; it has joined none of them then
   */
  async join(rooms: string[]): Promise<void> {
    const entered = rooms.filter((room) => !this.socket.rooms.has(room));
    this.socket.join(entered);
    try {
      await this.subscribed(rooms);
    } catch (error) {
      for (const room of entered) this.leave(room);
      throw error;
    }
  }

  leave(room: string): void {
    this.socket.leave(room);
  }

  close(): void {
    this.socket.disconnect();
  }
}
