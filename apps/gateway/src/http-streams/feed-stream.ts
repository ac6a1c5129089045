import {
  EMPTY_FEED,
  FeedCursor,
  type FeedEvent,
  type FeedStreamEvents,
  type Hello,
  type Party,
  PROTOCOL_VERSION,
  userRoom,
} from '#protocol';
import type { Hub, Identity, RoomListener, RoomMessage, Signals } from '#realtime';
import { clock } from '#store';
import type { ReconnectSnapshotService, SnapshotPush } from '../drivers/reconnect-snapshot.service.js';
import type { FeedsService } from '../feeds/feeds.service.js';
import type { ConnectionsService } from '../presence/connections.service.js';
import type { EventSink, Stream } from './event-sink.js';

export type FeedSources = {
  hub: Hub;
  feeds: FeedsService;
  snapshot: ReconnectSnapshotService;
  connections: ConnectionsService;
  node: string;
};

/** Interval at which missed pushes are fetched: a push can get lost between nodes, and may be the last one. */
const CATCH_UP_INTERVAL_MS = 30_000;

/** Namespaces of users who have a feed. */
type PartyNamespace = `/${Party}`;
/** Signals concern streams of trips and gateways. */
const isSignal = (message: RoomMessage<PartyNamespace>): message is Message & { event: keyof Signals } =>
  message.event === 'link:revoked' || message.event === 'alert:sent' || message.event === 'user:disconnect';

type Message = RoomMessage<PartyNamespace>;
type Push = Exclude<RoomMessage<PartyNamespace>, { event: keyof Signals }> | SnapshotPush;

/**
 * Streams everything that one user receives: the entries of its feed with their ids, and the pushes that no feed keeps.
 * Like a socket it begins with `hello`, here named `ready`, and it counts as a connection of the user.
 */
export class FeedStream implements Stream {
  readonly #listener: RoomListener;
  readonly #cursor: FeedCursor;
  readonly #catchingUp: NodeJS.Timeout;
  /** pushes received before the stream has begun; null afterwards */
  #early: Push[] | null = [];

  /** @param after last entry that the client received; null to begin with the next one */
  constructor(
    private readonly sources: FeedSources,
    private readonly user: Identity,
    private readonly after: string | null,
    private readonly sink: EventSink<FeedStreamEvents>,
  ) {
    const { role, userId } = user;
    const { feeds, hub, connections } = sources;
    this.#cursor = new FeedCursor(
      {
        resume: (from) => feeds.resume(`${role as 'rider' | 'driver'}:${userId}`, from),
        emit: (entry) => this.#send(entry as FeedEvent & Push),
        lost: () => sink.send('reset', {}, this.#place),
      },
      after,
    );
    this.#listener = hub.listen(`/${role as 'rider' | 'driver'}`, {
      event: (message) => {
        if (!isSignal(message)) this.#receive(message);
      },
      closed: () => sink.close(),
    });
    Object.assign(this.#listener.socket.data, user, { polls: sink.polls });
    connections.opened(this.#listener.socket);
    this.#catchingUp = setInterval(
      () => this.#cursor.resume().catch(() => sink.close()),
      CATCH_UP_INTERVAL_MS,
    );
  }

  async begin(): Promise<void> {
    await this.#listener.join([userRoom(this.user.userId)]);
    const snapshot = this.after === null ? await this.#snapshot() : [];
    await this.#cursor.resume();
    if (this.after === null) this.sink.send('ready', this.#hello(), this.#place);
    const early = this.#early ?? [];
    this.#early = null;
    for (const push of [...snapshot, ...early]) this.#receive(push);
  }

  close(): void {
    clearInterval(this.#catchingUp);
    this.#listener.close();
  }

  async #snapshot(): Promise<Push[]> {
    const pushes: Push[] = [];
    if (this.user.role !== 'driver') return pushes;
    for await (const push of this.sources.snapshot.of(this.user)) pushes.push(push);
    return pushes;
  }

  #hello(): Hello {
    return {
      node: this.sources.node,
      version: PROTOCOL_VERSION,
      now: clock.now(),
      expiresAt: this.user.expiresAt,
    };
  }

  get #place(): string {
    return this.#cursor.last ?? EMPTY_FEED;
  }

  #send({ event, payload, id }: Push & { id?: string | undefined }): void {
    this.sink.send(event, payload, id);
  }

  #receive(push: Push): void {
    const { event, payload } = push;
    const id = 'id' in push ? push.id : undefined;
    if (this.#early !== null) this.#early.push(push);
    else if (id === undefined) this.#send(push);
    else this.#cursor.push({ id, event, payload })?.catch(() => this.sink.close());
  }
}
