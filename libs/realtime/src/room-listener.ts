import type { Namespace as IoNamespace } from 'socket.io';
import type { Namespace, PushPayloads, Role, SentAlert, WithdrawnAlert } from '#protocol';
import type { CarChanges } from './car-changes.js';
import { connectDetachedSocket, createDetachedSocket } from './internals/socket-io.js';
import type { IdentifiedSocket } from './namespace.js';

/** Messages between nodes through rooms that have no clients as members. */
export type Signals = {
  /** one link to the room's trip was revoked; all of them if `digest` is null */
  'link:revoked': { digest: string | null };
  /** an alert to an area was sent: each gateway delivers it to its clients */
  'alert:sent': SentAlert;
  /** an alert to an area was withdrawn: each gateway notifies the clients that have it */
  'alert:withdrawn': WithdrawnAlert & Pick<SentAlert, 'expiresAt'>;
  /** available cars moved in a cell or left it: each gateway shows them to its riders, each under names of its own */
  'cars:changed': CarChanges;
  /** each gateway ends what this user has open there */
  'user:disconnect': { role: Role; userId: string };
};

type Messages<N extends Namespace> = PushPayloads<N> & Signals;
/** A message to a room of a namespace: a push or a signal, with its payload, and the id of its feed entry if it has one. */
export type RoomMessage<N extends Namespace> = {
  [E in keyof Messages<N>]: { event: E; payload: Messages<N>[E]; id?: string | undefined };
}[keyof Messages<N>];

export type RoomHandlers<N extends Namespace> = {
  /**
   * handles an event sent to a room, in the order of Socket.IO; it must not change the payload, which all members share
   */
  event: (message: RoomMessage<N>) => void;
  /** called once when no more events will come: it was closed, disconnected by any node, or the server shut down */
  closed?: () => void;
};

/**
 * Member of rooms without a Socket.IO connection, for event streams and similar. It is a socket of its namespace, so
 * everything that applies to sockets applies to it: rooms across nodes, `socketsLeave`, `disconnectSockets`, the count of
 * connections. It bypasses the authentication of the namespace, so the caller must check access. It buffers nothing; the
 * caller bounds the queue of a slow reader, as {@link EventStream} does.
 */
export class RoomListener<N extends Namespace = Namespace> {
  /** for functions that take sockets; its client is a dummy, so nothing can be sent to it directly */
  readonly socket: IdentifiedSocket<N>;

  /**
   * @param subscribed see `Hub.subscribed`
   * @param onError called with the error of a handler, which closes this listener but does not affect other members
   */
  constructor(
    io: IoNamespace,
    private readonly subscribed: (rooms: string[]) => Promise<void>,
    handlers: RoomHandlers<N>,
    onError: (error: Error) => void,
  ) {
    const socket = createDetachedSocket(io, () => socket.disconnect());
    // The namespace of `io`; its data is set by the caller.
    this.socket = socket as unknown as IdentifiedSocket<N>;
    // Only `Hub` sends to rooms, and its methods are typed by the same table.
    socket.onAnyOutgoing((event, payload, id) => {
      try {
        handlers.event({ event, payload, id } as RoomMessage<N>);
      } catch (error) {
        onError(error as Error);
        this.close();
      }
    });
    socket.once('disconnect', () => handlers.closed?.());
    connectDetachedSocket(socket);
  }

  /**
   * Resolves once the listener receives everything sent to these rooms; a snapshot that is read afterwards leaves no gap.
   * A closed listener joins nothing.
   * @throws {ProtocolError} UNAVAILABLE while Redis is unavailable; it has then joined none of them
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
