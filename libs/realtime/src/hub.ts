import { createShardedAdapter } from '@socket.io/redis-adapter';
import calculateSlot from 'cluster-key-slot';
import type { Server } from 'socket.io';
import { type KeptPushOf, type Namespace, ProtocolError, type Pushed, type PushOf } from '#protocol';
import { connect, isCluster, orUnavailable, type RedisClient } from '#store';
import { type RoomHandlers, RoomListener } from './room-listener.js';
import { sharingSubscriptions } from './subscriptions.js';

/** Prefix of the channel of each room, as the sharded adapter names it in its dynamic mode. */
const CHANNEL_PREFIX = 'hexfleet';
const channelOf = (namespace: Namespace, room: string) => `${CHANNEL_PREFIX}#${namespace}#${room}#`;

/** Kind of the room that a channel carries; `all` for the channels that every node subscribes to. */
function kindOf(channel: string): string {
  const room = channel.split('#', 3)[2] ?? '';
  return /^(\w+):/.exec(room)?.[1] ?? 'all';
}

const PROBE_INTERVAL_MS = 5_000;

export type Room<N extends Namespace = Namespace> = { namespace: N; room: string };

/** Messages between nodes through rooms that have no clients as members. */
export type Signals = {
  /** one link to the room's trip was revoked; all of them if `digest` is null */
  'link:revoked': { digest: string | null };
};

/** Rooms across all nodes: sends to them and finds those that have members. */
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
    // A connection that was lost without a close shows only when a command is sent.
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

  /** Calls `listener` for each message that this node receives, with the kind of its room. */
  onReceived(listener: (kind: string) => void): void {
    this.#subscriber.on('smessageBuffer', (channel: Buffer) => listener(kindOf(channel.toString())));
  }

  attach(server: Server): void {
    this.#server = server;
  }

  /** Sends a push to a room on all nodes. */
  emit<N extends Namespace, E extends PushOf<N>>(
    { namespace, room }: Room<N>,
    event: E,
    payload: Pushed<N, E>,
  ): void {
    this.server.of(namespace).to(room).emit(event, payload);
  }

  /** Sends a push that is stored in a feed, with the id of its entry. */
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

  /** Creates a member of rooms that receives what any node sends to them, without a Socket.IO connection. */
  listen(namespace: Namespace, handlers: RoomHandlers): RoomListener {
    const subscribed = (rooms: string[]) => this.subscribed(namespace, rooms);
    return new RoomListener(this.server.of(namespace), subscribed, handlers, this.onError);
  }

  /**
   * Resolves when this node's subscriptions to these rooms are active; a join only requests them. Read a snapshot after
   * this, so that no push is lost between the snapshot and the subscription.
   * @throws {ProtocolError} UNAVAILABLE while Redis is unavailable
   */
  async subscribed(namespace: Namespace, rooms: string[]): Promise<void> {
    const subscriber = this.#subscriber;
    if (subscriber.status !== 'ready') throw new ProtocolError('UNAVAILABLE');
    // Replies on one connection arrive in order; the channels of a cluster use several connections.
    if (!isCluster(subscriber)) return void (await orUnavailable(subscriber.ping()));
    // Only rooms with members: a room that its last member has left would never be unsubscribed.
    const { rooms: joined } = this.server.of(namespace).adapter;
    const channels = rooms.filter((room) => joined.has(room)).map((room) => channelOf(namespace, room));
    await orUnavailable(Promise.all(channels.map((channel) => subscriber.ssubscribe(channel))));
  }

  /**
   * Returns the rooms that have a member on any node. Call it after a change was stored: then it includes every watcher
   * whose snapshot does not have the change.
   */
  async occupied<T extends Room>(rooms: T[]): Promise<T[]> {
    if (rooms.length === 0) return [];
    const counts = await this.#countSubscribers(
      rooms.map(({ namespace, room }) => channelOf(namespace, room)),
    );
    return rooms.filter((_, i) => counts[i]! > 0);
  }

  /** Counts subscribers on the owner of each slot (https://redis.io/commands/pubsub-shardnumsub). */
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

/** Counts of a reply that alternates channels and counts. */
const counts = (reply: unknown): number[] => (reply as unknown[]).filter((_, i) => i % 2 === 1).map(Number);
