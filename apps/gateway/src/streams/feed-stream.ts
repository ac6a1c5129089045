import { EMPTY_FEED, FeedCursor, type Told, userRoom } from '#protocol';
import type { Hub, Listener } from '#realtime';
import type { FeedDesk } from '../feed/feed-desk.js';
import type { Sink, Stream } from './sink.js';

/** All that one user is told: the entries of its feed with their ids, and what is told to it in passing. */
export class FeedStream implements Stream {
  readonly #listener: Listener;
  readonly #cursor: FeedCursor;

  /** @param after the entry that the client got last; null to begin with the next one */
  constructor(
    { hub, feed }: { hub: Hub; feed: FeedDesk },
    private readonly user: { role: 'rider' | 'driver'; userId: string },
    private readonly after: string | null,
    private readonly sink: Sink,
  ) {
    const { role, userId } = user;
    this.#cursor = new FeedCursor(
      {
        resume: (from) => feed.resume(`${role}:${userId}`, from),
        emit: ({ event, payload, id }: Told) => sink.send(event, payload, id),
        lost: () => sink.send('reset', {}, this.#place),
      },
      after,
    );
    this.#listener = hub.listen(`/${role}`, {
      event: (event, payload, id) => this.#hear(event, payload as object, id),
      closed: () => sink.close(),
    });
  }

  async begin(): Promise<void> {
    await this.#listener.join([userRoom(this.user.userId)]);
    await this.#cursor.resume();
    if (this.after === null) this.sink.send('ready', {}, this.#place);
  }

  close(): void {
    this.#listener.close();
  }

  get #place(): string {
    return this.#cursor.last ?? EMPTY_FEED;
  }

  #hear(event: string, payload: object, id?: string): void {
    if (id === undefined) this.sink.send(event, payload);
    else this.#cursor.push({ id, event, payload })?.catch(() => this.sink.close());
  }
}
