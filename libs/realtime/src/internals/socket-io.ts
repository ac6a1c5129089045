/**
 * Assumptions about Socket.IO that go beyond its documentation, each named by its function. `socket-io.test.ts` checks them
 * against the installed version, which `package.json` pins.
 */
import { EventEmitter } from 'node:events';
import { type Namespace as IoNamespace, Socket } from 'socket.io';
import type { EnginePacket } from './engine-io.js';
import type { RawWebSocket } from './ws.js';

/**
 * Whether the packet is a connection request to a namespace.
 * Assumes the default parser of Socket.IO: text packets that begin with their type, of which `0` is CONNECT.
 */
export const isConnect = ({ type, data }: EnginePacket): boolean =>
  type === 'message' && typeof data === 'string' && data.startsWith('0');

/**
 * Calls the listener with the content of each Socket.IO packet. For a request, this is the same array object that the
 * middleware of the socket receives later.
 * Assumes the private `decoder` of the client, and that it emits `decoded` after the last `packet` that belongs to it.
 */
export function onDecoded(client: Socket['client'], listener: (content: unknown) => void): void {
  const { decoder } = client as unknown as {
    decoder: { on(event: 'decoded', listener: (packet: { data: unknown }) => void): void };
  };
  decoder.on('decoded', ({ data }) => listener(data));
}

/**
 * Returns a function that makes a socket pass its requests, with their acknowledgement functions, to `take` instead of its own
 * middleware and listeners.
 * Assumes that Socket.IO calls the private `dispatch` of a socket with each request.
 */
export function dispatchTo(take: (socket: Socket, request: unknown[]) => void): (socket: Socket) => void {
  function dispatch(this: Socket, request: unknown[]): void {
    take(this, request);
  }
  return (socket) => Object.assign(socket, { dispatch });
}

const NO_ACKS = new Map<never, never>();

/**
 * Drops the map of the answers that a socket waits for: the service asks its clients for none.
 * Assumes the private `acks`, which is read and deleted from when a client sends an answer.
 */
export const dropAcks = (socket: Socket): Socket => Object.assign(socket, { acks: NO_ACKS });

/** Passes a request to the listeners of a socket: its `emit` would send it. */
export const emitRequest = (socket: Socket, request: unknown[]): boolean =>
  EventEmitter.prototype.emit.apply(socket, request as [string]);

/** Table of listeners with fixed properties; that of an emitter is a dictionary with space for more. */
class Listeners {}
// An event may have any name, also that of an inherited property.
Reflect.setPrototypeOf(Listeners.prototype, null);
Reflect.deleteProperty(Listeners.prototype, 'constructor');

const compactListeners = (emitter: unknown): void => {
  const of = emitter as { _events: object };
  of._events = Object.assign(new Listeners(), of._events);
};

/**
 * Gives back the space that the parts of a connected WebSocket keep for more listeners and callbacks: a tenth of its memory.
 * Assumes that emitters have their listeners in the private `_events`, looked up by name, and that the private lists of a
 * connection can be replaced by copies.
 */
export function compact(socket: Socket): void {
  const { conn, client } = socket;
  const { name, socket: ws } = conn.transport as unknown as { name: string; socket: RawWebSocket };
  if (name !== 'websocket') return;
  for (const emitter of [socket, conn, conn.transport, ws, ws._socket, ws._receiver])
    compactListeners(emitter);
  const lists = conn as unknown as { sentCallbackFn: unknown[]; cleanupFn: unknown[] };
  lists.sentCallbackFn = [...lists.sentCallbackFn];
  lists.cleanupFn = [...lists.cleanupFn];
  const { _callbacks: decoded } = (
    client as unknown as { decoder: { _callbacks: Record<string, unknown[]> } }
  ).decoder;
  for (const [event, callbacks] of Object.entries(decoded)) decoded[event] = [...callbacks];
}

/**
 * Creates a socket without a connection: it joins rooms and receives what is sent to them, but nothing can be sent to it
 * directly. Assumes that a socket uses no more of its client than is imitated here, that it is part of its namespace once
 * it is in `sockets` and `_onconnect` was called, and that nothing refers to it before that.
 * @param disconnect called when its connection is ended, as by `disconnectSockets(true)`
 */
export function createDetachedSocket(io: IoNamespace, disconnect: () => void): Socket {
  const ignore = () => {};
  const client = {
    conn: { protocol: 4, remoteAddress: '', readyState: 'open', writeBuffer: [] },
    writeToEngine: ignore,
    _packet: ignore,
    _remove: ignore,
    _disconnect: disconnect,
  } as unknown as ConstructorParameters<typeof Socket>[1];
  const socket = new Socket(io, client, {});
  detached.add(socket);
  return socket;
}

const detached = new WeakSet<Socket>();

/** Whether a socket was created by {@link createDetachedSocket}. */
export const isDetached = (socket: Socket): boolean => detached.has(socket);

/** Adds a socket created by {@link createDetachedSocket} to its namespace. */
export function connectDetachedSocket(socket: Socket): void {
  socket.nsp.sockets.set(socket.id, socket);
  socket._onconnect();
}
