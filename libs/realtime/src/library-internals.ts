/**
 * All assumptions of the gateway about Socket.IO, its Redis adapter, Engine.IO, ws and ioredis that go beyond their
 * documentation. Each function names its assumption; `library-internals.test.ts` and `test/integration/ioredis-internals.test.ts`
 * check it against the installed versions, which `package.json` pins.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket as NetSocket } from 'node:net';
import calculateSlot from 'cluster-key-slot';
import type { Cluster } from 'ioredis';
import { type Namespace as IoNamespace, type Server, Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import { parseRedisUrl } from '#config';

/** Engine.IO packet, see https://socket.io/docs/v4/engine-io-protocol/ */
export type EnginePacket = { type: string; data?: unknown };

/** Engine.IO packet that waits to be sent. */
export type WaitingPacket = EnginePacket & { options?: { wsPreEncodedFrame?: unknown } };

/** Engine.IO connection, as emitted by `server.engine` and referred to by `socket.conn`. */
export type EngineConnection = Socket['conn'];

/** Sends to a WebSocket past the queue of Engine.IO; see {@link takeMessages}. */
export type DirectReply = {
  /** @param packet Engine.IO packet with its type, such as `4…` for a message */
  send(packet: string): void;
  /** number of bytes that the client has not received yet */
  waitingBytes(): number;
};

/** Handles a WebSocket message. @returns false to leave it to Engine.IO */
export type TakeMessage = (data: Buffer, isBinary: boolean, reply: DirectReply) => boolean;

type Engine = {
  clients: Record<string, EngineConnection>;
  use(middleware: (req: IncomingMessage, res: ServerResponse, next: () => void) => void): void;
};
type MessageListener = (data: Buffer, isBinary: boolean) => void;

/**
 * Calls the listener with each packet that a client sends.
 * Assumes that Engine.IO emits `packet` before it handles the packet, that a connection closed by the listener with
 * {@link closeNow} handles neither that packet nor the following ones of the same POST, and that `upgrading` is emitted for
 * each probe that arrives on a second transport.
 */
export function onEnginePacket(
  conn: EngineConnection,
  listener: (this: EngineConnection, packet: EnginePacket) => void,
): void {
  conn.on('packet', listener);
  // A WebSocket is upgraded no further.
  if (conn.transport.name !== 'websocket')
    conn.on('upgrading', () => listener.call(conn, { type: 'ping', data: 'probe' }));
}

/**
 * Whether the packet is a connection request to a namespace.
 * Assumes the default parser of Socket.IO: text packets that begin with their type, of which `0` is CONNECT.
 */
export const isConnect = ({ type, data }: EnginePacket): boolean =>
  type === 'message' && typeof data === 'string' && data.startsWith('0');

/**
 * Ends a connection at once and drops its waiting packets.
 * Assumes that `close(true)` ends it within the call, so that its sockets emit `disconnect` and no CONNECT that is still
 * being checked succeeds. Without the argument, Engine.IO waits up to 30 s for a client that does not poll.
 */
export const closeNow = (conn: EngineConnection): void => conn.close(true);

/**
 * Ends a connection at once, even if the client reads nothing: a WebSocket would otherwise hold what it was sending until
 * ws gives up waiting for the client's close frame.
 * Assumes that a WebSocket transport keeps its ws WebSocket in the private `socket`.
 */
export function terminate(conn: EngineConnection): void {
  const { name, socket: ws } = conn.transport as unknown as { name: string; socket: WebSocket };
  closeNow(conn);
  if (name === 'websocket') ws.terminate();
  for (const response of unfinished.get(conn)?.keys() ?? []) response.destroy();
}

/**
 * Asks a WebSocket client to prove that it has read everything before: it must return the random content of a ping frame,
 * which every implementation does by itself (RFC 6455, 5.5.2). The pings of Engine.IO can be answered without reading.
 * Assumes that a WebSocket transport keeps its ws WebSocket in the private `socket`, and that ws sends frames in order.
 * @param answered called once
 */
export function requestProofOfReading(conn: EngineConnection, answered: () => void): void {
  const { socket: ws } = conn.transport as unknown as { socket: WebSocket };
  if (ws.readyState !== ws.OPEN) return;
  const content = randomBytes(8);
  const check = (data: Buffer) => {
    if (!content.equals(data)) return;
    ws.off('pong', check);
    answered();
  };
  ws.on('pong', check);
  ws.ping(content);
}

/** Responses to long polls that are not finished, with their bytes before compression. */
const unfinished = new WeakMap<EngineConnection, Map<ServerResponse, number>>();

/**
 * Counts what is about to be sent as part of the response to the current long poll; call it on each flush.
 * Assumes that a polling transport keeps that response in the private `res` during `flush`, and that a response emits
 * `close` once the kernel has all of it. Its own count would be too low, as compression holds back what is not read.
 * @returns bytes of the earlier responses that their client has not read; zero on a WebSocket
 */
export function unreadResponseBytes(conn: EngineConnection, bytes: number): number {
  const { name, res } = conn.transport as unknown as { name: string; res: ServerResponse | null };
  if (name !== 'polling') return 0;
  const responses = unfinished.get(conn) ?? new Map<ServerResponse, number>();
  unfinished.set(conn, responses);
  const unread = [...responses.values()].reduce((sum, size) => sum + size, 0);
  if (res && !responses.has(res)) {
    responses.set(res, bytes);
    res.once('close', () => responses.delete(res));
  }
  return unread;
}

/**
 * Ends a connection whose POST exceeded `maxHttpBufferSize`, just as a too large WebSocket message ends its connection.
 * Assumes that Engine.IO answers such a POST with 413 and leaves the connection open, that its middleware sees requests
 * before that, and that `clients` holds the connections by the `sid` of the query.
 */
export function closeOnTooLarge(server: Server): void {
  const engine = server.engine as unknown as Engine;
  engine.use((req: IncomingMessage, res: ServerResponse, next: () => void) => {
    if (req.method === 'POST')
      res.once('finish', () => {
        const sid = new URL(req.url!, 'http://localhost').searchParams.get('sid');
        const conn = sid !== null && Object.hasOwn(engine.clients, sid) ? engine.clients[sid] : undefined;
        if (res.statusCode === 413 && conn !== undefined) closeNow(conn);
      });
    next();
  });
}

/**
 * Whether the connection still carries packets.
 * Assumes that `readyState` is `open` until the connection is being closed.
 */
export const isOpen = (conn: EngineConnection): boolean => conn.readyState === 'open';

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

/**
 * Drops the HTTP request that a connection began with, which takes as much memory as the rest of a socket.
 * Assumes that Engine.IO and Socket.IO need it for the handshake only, and Socket.IO does without it when another namespace is
 * connected; and that Engine.IO leaves two listeners behind that hold it: one that waits once for the end of the TCP connection,
 * for middleware, and `onUpgradeError`. Assumes also that a WebSocket needs neither the `headers` listener of its transport nor the
 * methods that the HTTP server of Node gave to its TCP socket.
 */
export function dropRequest(conn: EngineConnection): void {
  (conn as unknown as { request: unknown }).request = null;
  const { name, socket: ws } = conn.transport as unknown as { name: string; socket: RawWebSocket };
  if (name !== 'websocket') return;
  for (const listener of ws._socket.rawListeners('close') as OnceListener[])
    if (listener.listener !== undefined) ws._socket.off('close', listener.listener);
  for (const listener of ws.listeners('error') as Array<() => void>)
    if (listener.name === 'onUpgradeError') ws.off('error', listener);
  conn.transport.removeAllListeners('headers');
  const { on, addListener, prependListener } = NetSocket.prototype;
  Object.assign(ws._socket, { on, addListener, prependListener });
}

type OnceListener = { listener?: () => void };

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
 * Returns the packets that wait while the transport of a connection is busy.
 * Assumes the private `writeBuffer`, which Engine.IO replaces after each flush.
 */
export const waitingPackets = (conn: EngineConnection): WaitingPacket[] =>
  (conn as unknown as { writeBuffer: WaitingPacket[] }).writeBuffer;

/**
 * Whether a packet that is sent now has to wait.
 * Assumes that the transport is `writable` once it has handed everything to the kernel, and that packets then leave at once.
 */
export const isSending = (conn: EngineConnection): boolean =>
  !(conn.transport as unknown as { writable: boolean }).writable || waitingPackets(conn).length > 0;

/**
 * Resolves once the kernel has everything that was sent on a connection, or the connection has ended.
 * Assumes that a transport emits `ready` each time it becomes writable, and the connection `upgrade` when it gets another
 * transport; a socket without a connection, see {@link createDetachedSocket}, has no transport and is never busy.
 */
export async function whenSent(conn: EngineConnection): Promise<void> {
  while (isOpen(conn) && conn.transport && isSending(conn)) {
    const { transport } = conn;
    await new Promise<void>((resolve) => {
      const done = () => {
        transport.off('ready', done);
        for (const event of ['upgrade', 'close']) conn.off(event, done);
        resolve();
      };
      transport.on('ready', done);
      conn.on('upgrade', done);
      conn.on('close', done);
    });
  }
}

/**
 * Offers each message of Socket.IO to `take` before the connection gets it.
 * Assumes that Socket.IO sends packets by `write` of the connection only, which adds the packet to the queue or sends it at
 * once.
 * @param take sends the message itself and returns true, or leaves it to the connection; connections can share it
 */
export function takeWrites(conn: EngineConnection, take: TakeWrite): void {
  const write = writers.get(take) ?? writerOf(take, conn.write);
  writers.set(take, write);
  conn.write = write;
}

type TakeWrite = (conn: EngineConnection, packet: WaitingPacket) => boolean;
type Write = EngineConnection['write'];
const writers = new WeakMap<TakeWrite, Write>();

function writerOf(take: TakeWrite, original: Write): Write {
  return function write(this: EngineConnection, data, options, callback) {
    const isTaken = take(this, { type: 'message', data, options: options as WaitingPacket['options'] });
    return isTaken ? this : original.call(this, data, options, callback);
  };
}

/** WebSocket frame of an Engine.IO packet of less than 126 bytes. */
export const shortFrame = (packet: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, Buffer.byteLength(packet)]), Buffer.from(packet)]);

/** Frame that a message to a room carries for all members, if it has one; see {@link wholeFrames}. */
export function frameOf({ options }: WaitingPacket): Buffer | undefined {
  const frames = options?.wsPreEncodedFrame as Buffer[] | undefined;
  return frames?.length === 1 ? frames[0] : undefined;
}

/**
 * Makes an adapter join header and content of the frame for all members of a room, so that each gets it by one write.
 * Assumes that the adapter encodes what is sent to a room in the private `_encode`, once for all members, and leaves the parts of
 * the frame in the option `wsPreEncodedFrame`.
 */
export function wholeFrames<A extends object>(adapter: A): A {
  const encoding = adapter as unknown as RoomEncoding;
  const encode = encoding._encode;
  encoding._encode = function (packet, options) {
    const packets = encode.call(this, packet, options);
    if (options.wsPreEncodedFrame) options.wsPreEncodedFrame = [Buffer.concat(options.wsPreEncodedFrame)];
    return packets;
  };
  return adapter;
}

type RoomOptions = { wsPreEncodedFrame?: Buffer[] };
type RoomEncoding = { _encode(packet: object, options: RoomOptions): unknown[] };

/**
 * Sends an event to sockets of one namespace, encoded once.
 * Assumes the same of the adapter as {@link wholeFrames}, and that a member of a room gets a message by the private
 * `notifyOutgoingListeners` and by `writeToEngine` of its client. 2 is Socket.IO's EVENT.
 */
export function sendToAll(io: IoNamespace, sockets: Iterable<Socket>, event: string, payload: object): void {
  const packet = { type: 2, data: [event, payload], nsp: io.name };
  const options = {};
  const encoded = (io.adapter as unknown as RoomEncoding)._encode(packet, options);
  for (const socket of sockets) {
    const { client, notifyOutgoingListeners } = socket as unknown as Member;
    notifyOutgoingListeners.call(socket, packet);
    client.writeToEngine(encoded, options);
  }
}

type Member = {
  client: { writeToEngine(packets: unknown[], options: object): void };
  notifyOutgoingListeners(packet: object): void;
};

/**
 * Writes a frame to a WebSocket that has nothing else to send, past the queue of Engine.IO.
 * Assumes what {@link takeMessages} and {@link isSending} do, and that ws writes to the private `_socket`, has nothing that
 * waits for a compression, and counts what that has not taken in `bufferedAmount`.
 * @returns false, and writes nothing, if it is no open WebSocket, or something waits
 */
export function writeFrame(conn: EngineConnection, frame: Buffer): boolean {
  const { name, socket: ws } = conn.transport as unknown as { name: string; socket: RawWebSocket };
  if (name !== 'websocket' || !isOpen(conn) || isSending(conn)) return false;
  if (ws.readyState !== ws.OPEN || ws.bufferedAmount > 0) return false;
  ws._socket.write(frame);
  return true;
}

type RawWebSocket = WebSocket & { _socket: NetSocket; _receiver: EventEmitter };

/**
 * Returns a copy of a waiting packet with other content.
 * Assumes that a packet that was sent to a room carries a WebSocket frame with the content for all members, which is sent
 * instead of `data`, in the option `wsPreEncodedFrame`.
 */
export function withContent(packet: WaitingPacket, data: string): WaitingPacket {
  const { wsPreEncodedFrame: _, ...options } = packet.options ?? {};
  return { ...packet, data, options };
}

/**
 * Calls the listener with the packets of a connection that are about to be sent; it may change the array in place.
 * Assumes that Engine.IO emits `flush` with the `writeBuffer` itself, before it passes that to the transport.
 */
export function onFlush(
  server: Server,
  listener: (conn: EngineConnection, waiting: WaitingPacket[]) => void,
): void {
  server.engine.on('flush', listener);
}

/**
 * Stops the two timers of a connection that Engine.IO has for its pings; see {@link Heartbeats}.
 * Assumes the private `pingIntervalTimer`, that no other is started unless Engine.IO has sent a ping by itself, and that a
 * pong without timers is accepted.
 */
export function stopPings(conn: EngineConnection): void {
  const timers = conn as unknown as { pingIntervalTimer: NodeJS.Timeout | null };
  if (timers.pingIntervalTimer !== null) clearTimeout(timers.pingIntervalTimer);
  timers.pingIntervalTimer = null;
}

const PING = shortFrame('2');

/** Sends a ping of Engine.IO. Assumes the private `sendPacket`. */
export function sendPing(conn: EngineConnection): void {
  if (!writeFrame(conn, PING)) (conn as unknown as { sendPacket(type: string): void }).sendPacket('ping');
}

/** Ends a connection that has not answered. Assumes the private `onClose`, which takes the reason. */
export const endUnanswered = (conn: EngineConnection): void =>
  (conn as unknown as { onClose(reason: string): void }).onClose('ping timeout');

/**
 * Offers each WebSocket message of a connection to `take` before Engine.IO gets it, now or after an upgrade. If several
 * sockets share the connection, the last one to call this is asked.
 * Assumes that a WebSocket transport keeps its ws WebSocket in the private `socket`, that Engine.IO's listener for
 * `message` is the first one, and that it sends each of its packets as one message, between which others may be sent.
 * @returns stops watching for an upgrade
 */
export function takeMessages(conn: EngineConnection, take: TakeMessage): () => void {
  const intercept = (transport: unknown) => {
    const { name, socket: ws } = transport as { name: string; socket: WebSocket };
    if (name !== 'websocket') return;
    if (!takers.has(ws)) takeFirst(ws);
    takers.set(ws, take);
  };
  intercept(conn.transport);
  // A WebSocket is upgraded no further.
  if (conn.transport.name === 'websocket') return () => {};
  conn.on('upgrade', intercept);
  return () => conn.off('upgrade', intercept);
}

const takers = new WeakMap<WebSocket, TakeMessage>();

function takeFirst(ws: WebSocket): void {
  const [original] = ws.listeners('message') as MessageListener[];
  const reply: DirectReply = {
    send: (packet) => ws.send(packet),
    waitingBytes: () => ws.bufferedAmount,
  };
  ws.off('message', original!);
  ws.on('message', (data: Buffer, isBinary: boolean) => {
    if (!takers.get(ws)!(data, isBinary, reply)) original!.call(ws, data, isBinary);
  });
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

/**
 * Returns the prefix of the channels: that of the installation, and the number of the database, because Redis has one set
 * of channels for all databases.
 */
export function channelPrefixOf(redisUrl: string, prefix: string): string {
  const database = parseRedisUrl(redisUrl)?.database ?? 0;
  return `${prefix === '' ? '' : `${prefix}:`}${database === 0 ? 'hexfleet' : `hexfleet-${database}`}`;
}

/**
 * Returns the Redis channel of a room.
 * Assumes that the sharded adapter, with this prefix and in dynamic mode, subscribes to this channel when the
 * first member joins the room, publishes what is sent to the room alone there, and unsubscribes when the last one leaves.
 */
export const channelOf = (prefix: string, namespace: string, room: string): string =>
  `${prefix}#${namespace}#${room}#`;

/** Returns the room of a channel, or the empty string or an id for the channels of whole namespaces; see {@link channelOf}. */
export const roomOfChannel = (channel: string): string => channel.split('#', 3)[2] ?? '';

/** Adds a socket created by {@link createDetachedSocket} to its namespace. */
export function connectDetachedSocket(socket: Socket): void {
  socket.nsp.sockets.set(socket.id, socket);
  socket._onconnect();
}

type ChannelGroup = { addChannels(channels: string[]): number; removeChannels(channels: string[]): number };

/**
 * Keeps each channel once in the list from which ioredis resubscribes after a failover, to which a retried or redirected
 * `ssubscribe` would add it again.
 * Assumes that a cluster with `shardedSubscribers` keeps the list in the private group of that name, which is changed by
 * `addChannels` and `removeChannels` only.
 */
export function keepChannelsOnce(cluster: Cluster): void {
  const group = (cluster as unknown as { shardedSubscribers?: ChannelGroup }).shardedSubscribers;
  if (!group) return;
  const add = group.addChannels.bind(group);
  group.addChannels = (channels) => {
    group.removeChannels(channels);
    return add(channels);
  };
}

/**
 * Calls the listener whenever subscriptions may have been lost: ioredis then resubscribes at some later time.
 * Assumes that a cluster emits one of these events for each lost or new connection of a subscriber.
 */
export function onSubscriptionsUncertain(cluster: Cluster, listener: () => void): void {
  for (const event of ['close', '-subscriber', '+subscriber', 'subscribersReady', '-node', '+node'])
    cluster.on(event, listener);
}

/**
 * Returns the address, `host:port`, of the master that has the slot of a channel.
 * Assumes that `slots` has the addresses of the nodes of each slot, the master first.
 */
export const masterOf = (cluster: Cluster, channel: string): string | undefined =>
  cluster.slots[calculateSlot(channel)]?.[0];
