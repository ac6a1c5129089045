/**
 * All assumptions of the gateway about Socket.IO, its Redis adapter, Engine.IO, ws and ioredis that go beyond their
 * documentation. Each function names its assumption; `library-internals.test.ts` and `test/integration/ioredis-internals.test.ts`
 * check it against the installed versions, which `package.json` pins.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
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
export function onEnginePacket(conn: EngineConnection, listener: (packet: EnginePacket) => void): void {
  conn.on('packet', listener);
  conn.on('upgrading', () => listener({ type: 'ping', data: 'probe' }));
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
export function onDecoded(socket: Socket, listener: (content: unknown) => void): void {
  const { decoder } = socket.client as unknown as {
    decoder: { on(event: 'decoded', listener: (packet: { data: unknown }) => void): void };
  };
  decoder.on('decoded', ({ data }) => listener(data));
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
 * Calls the listener for each packet that is about to be added to the queue of a connection.
 * Assumes that Engine.IO emits `packetCreate` for it, and adds the packet before anything else happens.
 */
export function onPacketQueued(conn: EngineConnection, listener: (packet: WaitingPacket) => void): void {
  conn.on('packetCreate', listener);
}

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
 * Calls the listener with the packets that are about to be sent; it may change the array in place.
 * Assumes that Engine.IO emits `flush` with the `writeBuffer` itself, before it passes that to the transport.
 */
export function onFlush(conn: EngineConnection, listener: (waiting: WaitingPacket[]) => void): void {
  conn.on('flush', listener as (...args: unknown[]) => void);
}

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
