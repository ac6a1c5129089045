import { FeedCursor, type KeptPushOf, type Pushed } from '#protocol';
import type { Connection } from '../connection/connection.js';
import { pollWhileConnected } from '../subscriptions/poll-while-connected.js';
import { resubscribe } from '../subscriptions/resubscribe.js';

/** By event: what is kept for a driver, of which a rider has a part. What is not listed is passed over. */
type Handlers = { [E in KeptPushOf<'/driver'>]?: (payload: Pushed<'/driver', E>) => void };

/** Where one user has a feed. */
type FeedNamespace = '/rider' | '/driver';

/**
 * What the service tells one user so that it is not missed: once each and in order, also when pushes overtake each other,
 * and on a new connection with what was told meanwhile. Begins with the first push or the next connection.
 */
export class Feed {
  readonly #cursor: FeedCursor;

  /** @param lost more was missed than the service keeps */
  constructor(
    private readonly connection: Connection<FeedNamespace>,
    handlers: Handlers,
    lost: () => void,
  ) {
    const hand = (event: string, payload: object) => handlers[event as keyof Handlers]?.(payload as never);
    this.#cursor = new FeedCursor({
      resume: (after) => connection.request('feed:resume', { after }),
      emit: ({ event, payload }) => hand(event, payload),
      lost,
    });
    for (const event of Object.keys(handlers) as KeptPushOf<FeedNamespace>[])
      connection.on(event, (payload, id?: string) => {
        // Without a number it is how things stand, told to a new connection.
        if (id === undefined) hand(event, payload);
        else this.#cursor.push({ id, event, payload })?.catch(() => this.#restore());
      });
    // A stream was away for longer than it can go on from.
    connection.on('reset', () => this.#restore());
    pollWhileConnected(connection, () => this.#restore());
  }

  /** Resolves when everything was handed on that was told until now, or it could not be asked for. */
  async catchUp(): Promise<void> {
    if (this.#cursor.last !== null) await this.#cursor.resume().catch(() => {});
  }

  #restore(): void {
    const resume = () => this.#cursor.resume();
    void resubscribe(this.connection, () => true, resume);
  }
}
