import { createShardedAdapter } from '@socket.io/redis-adapter';
import calculateSlot from 'cluster-key-slot';
import type { Server } from 'socket.io';
import {
  type KeptPushOf,
  NAMESPACES,
  type Namespace,
  ProtocolError,
  type Pushed,
  type PushOf,
  userRoom,
} from '#protocol';
import { connect, isCluster, orUnavailable, type RedisClient } from '#store';
import { type RoomHandlers, RoomListener } from './room-listener.js';
import { sharingSubscriptions } from './subscriptions.js';

/** How the sharded adapter names the channel of a room, in its dynamic mode. */
const CHANNEL_PREFIX = 'hexfleet';
const channelOf = (namespace: Namespace, room: string) => `${CHANNEL_PREFIX}#${namespace}#${room}#`;

/** The kind of room that a channel carries; the channels that every node listens to carry all other messages. */
function kindOf(channel: string): string {
  const room = channel.split('#', 3)[2] ?? '';
  return /^(\w+):/.exec(room)?.[1] ?? 'all';
}

const PROBE_INTERVAL_MS = 5_000;

export type Room<N extends Namespace = Namespace> = { namespace: N; room: string };

/** Messages between nodes through rooms that have no clients as members. */
export type Signals = {
  /** a link to the trip of the room was revoked, or all of them when it is null */
  'link:revoked': { digest: string | null };
};

/** The rooms across all nodes: speaking into them, and knowing who listens. */
export class Hub {
  #server: Server | null = null;
  readonly #publisher: RedisClient;
  readonly #subscriber: RedisClient;

  constructor(
    redisUrl: string,
    private readonly onError: (error: Error) => void,
  ) {
    this.#publisher = connect(redisUrl, 'pipelined', onError);
    this.#subscriber = sharingSubscriptions(connect(redisUrl, 'waiting', onError), onError);
    // A connection that died in silence shows only when something is asked of it.
    setInterval(() => {
      if (this.#subscriber.status === 'ready' && !isCluster(this.#subscriber))
        this.#subscriber.ping().catch(onError);
    }, PROBE_INTERVAL_MS).unref();
  }

  /** For `new Server(…, { adapter })`. */
  get adapter(): ReturnType<typeof createShardedAdapter> {
    return createShardedAdapter(this.#publisher, this.#subscriber, {
      channelPrefix: CHANNEL_PREFIX,
      subscriptionMode: 'dynamic',
    });
  }

  /** The Socket.IO server of this process, made with {@link adapter}. */
  get server(): Server {
    if (this.#server === null) throw new Error('No Socket.IO server is attached yet');
    return this.#server;
  }

  /** Tells of each message that this node receives, with the kind of its room. */
  onReceived(listener: (kind: string) => void): void {
    this.#subscriber.on('smessageBuffer', (channel: Buffer) => listener(kindOf(channel.toString())));
  }

  attach(server: Server): void {
    this.#server = server;
  }

  /** Sends a push of the wire to a room on all nodes. */
  emit<N extends Namespace, E extends PushOf<N>>(
    { namespace, room }: Room<N>,
    event: E,
    payload: Pushed<N, E>,
  ): void {
    this.server.of(namespace).to(room).emit(event, payload);
  }

  /** Sends a push that was kept in a feed, with the id of its entry. */
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

  /** Ends all sockets of a user, on all nodes and in all namespaces. */
  disconnectUser(userId: string): void {
    for (const namespace of NAMESPACES)
      this.server.of(namespace).in(userRoom(userId)).disconnectSockets(true);
  }

  /** Makes the members of some rooms, on all nodes, leave another room. */
  removeFromRoom({ namespace, room }: Room, membersOf: string[]): void {
    this.server.of(namespace).in(membersOf).socketsLeave(room);
  }

  /** Number of sockets of a namespace at this node. */
  socketCount(namespace: Namespace): number {
    return this.server.of(namespace).sockets.size;
  }

  /** A member of rooms that hears what is sent into them on any node, without a connection of Socket.IO. */
  listen(namespace: Namespace, hears: RoomHandlers): RoomListener {
    const subscribed = (rooms: string[]) => this.subscribed(namespace, rooms);
    return new RoomListener(this.server.of(namespace), subscribed, hears, this.onError);
  }

  /**
   * Resolves when this node receives what is published to these rooms from now on; a join alone only asks for it.
   * Read a snapshot after this, and nothing falls between the snapshot and the pushes.
   * @throws {ProtocolError} UNAVAILABLE while Redis is away
   */
  async subscribed(namespace: Namespace, rooms: string[]): Promise<void> {
    const subscriber = this.#subscriber;
    if (subscriber.status !== 'ready') throw new ProtocolError('UNAVAILABLE');
    // Replies on one connection come in order; a cluster's channels are spread over several.
    if (!isCluster(subscriber)) return void (await orUnavailable(subscriber.ping()));
    // A room that its last member has left must not be subscribed again: nobody would unsubscribe it.
    const { rooms: joined } = this.server.of(namespace).adapter;
    const channels = rooms.filter((room) => joined.has(room)).map((room) => channelOf(namespace, room));
    await orUnavailable(Promise.all(channels.map((channel) => subscriber.ssubscribe(channel))));
  }

  /**
   * Those of the rooms that have a member on any node. Asked after a change was stored, it never misses a watcher that has
   * not seen the change in its snapshot.
   */
  async occupied<T extends Room>(rooms: T[]): Promise<T[]> {
    if (rooms.length === 0) return [];
    const counts = await this.#countSubscribers(
      rooms.map(({ namespace, room }) => channelOf(namespace, room)),
    );
    return rooms.filter((_, i) => counts[i]! > 0);
  }

  /** https://redis.io/commands/pubsub-shardnumsub: answers for the slots of the node that is asked */
  async #countSubscribers(channels: string[]): Promise<number[]> {
    const publisher = this.#publisher;
    if (!isCluster(publisher)) return counts(await publisher.call('PUBSUB', 'SHARDNUMSUB', ...channels));
    const owners = channels.map((channel) => publisher.slots[calculateSlot(channel)]?.[0]);
    const result = new Array<number>(channels.length).fill(0);
    await Promise.all(
      publisher.nodes('master').map(async (node) => {
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
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }
}

/** The reply is channel, count, channel, count. */
const counts = (reply: unknown): number[] => (reply as unknown[]).filter((_, i) => i % 2 === 1).map(Number);
