import type { Namespace as IoNamespace, Socket } from 'socket.io';
import { attached } from './attached.js';

type Listener = (socket: Socket, reason: string) => void;

const listenersOf = attached((_io: IoNamespace): Listener[] => []);

/**
 * Calls the listener for each socket of a namespace that was connected and has ended. All sockets share it: a listener of its
 * own takes 250 bytes of each.
 */
export const onDisconnection = (io: IoNamespace, listener: Listener): void => {
  listenersOf(io).push(listener);
};

/** Makes the end of a socket known to the listeners of its namespace. */
export const watchDisconnection = (socket: Socket): void => {
  socket.on('disconnect', disconnected);
};

function disconnected(this: Socket, reason: string): void {
  for (const listener of listenersOf(this.nsp)) listener(this, reason);
}
