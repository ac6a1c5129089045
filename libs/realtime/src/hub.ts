import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { Server, Socket } from 'socket.io';
import {
  type KeptPushOf,
  type Namespace,
  ProtocolError,
  type Pushed,
  type PushOf,
  userRoom,
} from '#protocol';
import { connect, isCluster, orUnavailable, type RedisClient } from '#store';
import { channelOf, channelPrefixOf, roomOfChannel, sendToAll } from './internals/adapter.js';
import { masterOf } from './internals/ioredis.js';
import { isDetached } from './internals/socket-io.js';
import type { IdentifiedSocket } from './namespace.js';
import { type RoomHandlers, RoomListener, type Signals } from './room-listener.js';
import { SelfProbe, type SelfProbeHandlers } from './self-probe.js';
import { sharingSubscriptions } from './subscriptions.js';

/** Returns the kind of room of a channel, or `all` for the channels to which every node subscribes. */
const kindOf = (channel: string): string => /^(\w+):/.exec(roomOfChannel(channel))?.[1] ?? 'all';

export type Room<N extends Namespace = Namespace> = { namespace: N; room: string };

/** Rooms across all nodes: publishes to them, subscribes to them and queries which have members. */
export class Hub {
  #server: Server | null = null;
  #probe: SelfProbe | null = null;
  /** members of rooms that have no client */
  readonly #ofNode = new Set<Socket>();
  readonly #channelPrefix: string;
  readonly #publisher: RedisClient;
  readonly #subscriber: RedisClient;

  constructor(
    redisUrl: string,
    private readonly onError: (error: Error) => void,
    /** prefix of the installation */
    prefix = '',
  ) {
    this.#channelPrefix = channelPrefixOf(redisUrl, prefix);
    this.#publisher = connect(redisUrl, 'publishing', onError);
    this.#subscriber = sharingSubscriptions(connect(redisUrl, 'waiting', onError), onError);
  }

  /** Watches from now on whether what is published reaches this node. */
  probeItself(handlers: SelfProbeHandlers): void {
    this.#probe = new SelfProbe(this.#publisher, this.#subscriber, this.#channelPrefix, handlers);
    this.#probe.start();
  }

  /** Whether messages of other nodes are being missed; false without {@link probeItself}. */
  get isDeaf(): boolean {
    return this.#probe?.isDeaf ?? false;
  }

  /** Adapter for `new Server(…, { adapter })`. */
  get adapter(): ReturnType<typeof createShardedAdapter> {
    return createShardedAdapter(this.#publisher, this.#subscriber, {
      channelPrefix: this.#channelPrefix,
      subscriptionMode: 'dynamic',
    });
  }

  /** Socket.IO server of this process, created with {@link adapter}. */
  get server(): Server {
    if (this.#server === null) throw new Error('No Socket.IO server is attached yet');
    return this.#server;
  }

  /** Calls the listener for each message that this node receives, with the kind of its room. */
  onReceived(listener: (kind: string) => void): void {
    this.#subscriber.on('smessageBuffer', (channel: Buffer) => listener(kindOf(channel.toString())));
  }

  /** Sets the server of this process; call it before anything is sent. */
  attach(server: Server): void {
    this.#server = server;
  }

  /**
   * Sends a push to a room on all nodes.
   * @param except id of a socket that does not get it
   */
  emit<N extends Namespace, E extends PushOf<N>>(
    { namespace, room }: Room<N>,
    event: E,
    payload: Pushed<N, E>,
    except?: string,
  ): void {
    const members = this.server.of(namespace).to(room);
    (except === undefined ? members : members.except(except)).emit(event, payload);
  }

  /** Sends a push that was appended to a feed, with the id of its entry. */
  emitKept<N extends Namespace, E extends KeptPushOf<N>>(
    { namespace, room }: Room<N>,
    event: E,
    payload: Pushed<N, E>,
    id: string,
  ): void {
    this.server.of(namespace).to(room).emit(event, payload, id);
  }

  /** Sends a message between nodes: to the {@link RoomListener}s in a room. */
  signal<S extends keyof Signals>({ namespace, room }: Room, signal: S, payload: Signals[S]): void {
    this.server.of(namespace).to(room).emit(signal, payload);
  }

  /** Sends a push to sockets of this node; it is encoded once for all of them. */
  emitLocal<N extends Namespace, E extends PushOf<N>>(
    namespace: N,
    sockets: Iterable<Socket>,
    event: E,
    payload: Pushed<N, E>,
  ): void {
    sendToAll(this.server.of(namespace), sockets, event, payload);
  }

  /** Makes the members of some rooms, on all nodes, leave another room. */
  removeFromRoom({ namespace, room }: Room, membersOf: string[]): void {
    this.server.of(namespace).in(membersOf).socketsLeave(room);
  }

  /** Calls the listener for each socket that connects to a namespace at this node. */
  onConnection<N extends Namespace>(namespace: N, listener: (socket: IdentifiedSocket<N>) => void): void {
    this.server
      .of(namespace)
      .on('connection', (socket) => listener(socket as unknown as IdentifiedSocket<N>));
  }

  /** Sockets of a user in a namespace, on all nodes. Expensive: asks every node. */
  socketsOf(namespace: Namespace, userId: string) {
    return this.server.of(namespace).in(userRoom(userId)).fetchSockets();
  }

  /** Sockets of a namespace at this node that have a client, oldest first; see {@link listen} for others. */
  localSockets<N extends Namespace>(namespace: N): IdentifiedSocket<N>[] {
    const sockets = [...this.server.of(namespace).sockets.values()];
    return sockets.filter((socket) => !isDetached(socket)) as unknown as IdentifiedSocket<N>[];
  }

  /** Members of rooms of a namespace at this node that were created by {@link listen} for a client. */
  localListeners(namespace: Namespace): Socket[] {
    const sockets = [...this.server.of(namespace).sockets.values()];
    return sockets.filter((socket) => isDetached(socket) && !this.#ofNode.has(socket));
  }

  /** Number of sockets of a namespace at this node that have a client. */
  socketCount(namespace: Namespace): number {
    const { name, sockets } = this.server.of(namespace);
    const ofNode = [...this.#ofNode].filter(({ nsp }) => nsp.name === name);
    return sockets.size - ofNode.length;
  }

  /** Creates a member of rooms that receives what any node sends to them, without a Socket.IO connection. */
  listen<N extends Namespace>(namespace: N, handlers: RoomHandlers<N>): RoomListener<N> {
    const subscribed = (rooms: string[]) => this.subscribed(namespace, rooms);
    return new RoomListener<N>(this.server.of(namespace), subscribed, handlers, this.onError);
  }

  /** Creates such a member for the node itself, which is not counted among the sockets of its clients. */
  listenForNode<N extends Namespace>(namespace: N, handlers: RoomHandlers<N>): RoomListener<N> {
    const listener = this.listen(namespace, handlers);
    this.#ofNode.add(listener.socket as unknown as Socket);
    listener.socket.once('disconnect', () => this.#ofNode.delete(listener.socket as unknown as Socket));
    return listener;
  }

  /**
   * Resolves once this node receives everything that is published to these rooms; a join alone only starts the subscription.
   * A snapshot that is read afterwards leaves no gap between the snapshot and the pushes.
   * @throws {ProtocolError} UNAVAILABLE while Redis is unavailable
   */
  async subscribed(namespace: Namespace, rooms: string[]): Promise<void> {
    const subscriber = this.#subscriber;
    if (subscriber.status !== 'ready') throw new ProtocolError('UNAVAILABLE');
    // Replies on one connection arrive in order; the channels of a cluster are spread over several connections.
    if (!isCluster(subscriber)) return void (await orUnavailable(subscriber.ping()));
    // Skip rooms whose last member has left: nobody would unsubscribe them.
    const { rooms: joined } = this.server.of(namespace).adapter;
    const channels = rooms
      .filter((room) => joined.has(room))
      .map((room) => channelOf(this.#channelPrefix, namespace, room));
    await orUnavailable(Promise.all(channels.map((channel) => subscriber.ssubscribe(channel))));
  }

  /**
   * Returns the rooms that have a member on any node. Called after a change is stored, it never misses a watcher whose
   * snapshot does not contain that change.
   * @param redis connection to ask on, for an order with other commands; not of a cluster
   */
  async occupied<T extends Room>(rooms: T[], redis: RedisClient = this.#publisher): Promise<T[]> {
    if (rooms.length === 0) return [];
    const channels = rooms.map(({ namespace, room }) => channelOf(this.#channelPrefix, namespace, room));
    const counts = await this.#countSubscribers(channels, redis);
    return rooms.filter((_, i) => counts[i]! > 0);
  }

  /** Counts subscribers with https://redis.io/commands/pubsub-shardnumsub, which covers only the slots of the queried node. */
  async #countSubscribers(channels: string[], redis: RedisClient): Promise<number[]> {
    if (!isCluster(redis)) return counts(await redis.call('PUBSUB', 'SHARDNUMSUB', ...channels));
    const owners = channels.map((channel) => masterOf(redis, channel));
    const result = new Array<number>(channels.length).fill(0);
    await Promise.all(
      redis.nodes('master').map(async (node) => {
        const own = channels.flatMap((_, i) =>
          owners[i] === `${node.options.host}:${node.options.port}` ? [i] : [],
        );
        if (own.length === 0) return;
        const found = counts(await node.call('PUBSUB', 'SHARDNUMSUB', ...own.map((i) => channels[i]!)));
        own.forEach((i, at) => {
          result[i] = found[at]!;
        });
      }),
    );
    return result;
  }

  close(): void {
    this.#probe?.stop();
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }
}

/** Extracts the counts from a reply of the form channel, count, channel, count. */
const counts = (reply: unknown): number[] => (reply as unknown[]).filter((_, i) => i % 2 === 1).map(Number);
