import { FeedCursor, type KeptPushOf, type Pushed } from '#protocol';
import type { Connection } from '../connection/connection.js';
import { pollWhileConnected, resubscribe } from '../connection/while-connected.js';

/** Handlers by event, of which a rider gets a part; events without a handler are ignored. */
type Handlers = { [E in KeptPushOf<'/driver'>]?: (payload: Pushed<'/driver', E>) => void };

/** Namespaces whose users have a feed. */
type FeedNamespace = '/rider' | '/driver';

/**
 * The feed of one user: each entry once and in order, even when pushes overtake each other, and with the entries missed
 * between two connections. Starts with the first push or the next connection.
 */
export class Feed {
  readonly #cursor: FeedCursor;

  /** @param lost called when more entries were missed than the service keeps */
  constructor(
    private readonly connection: Connection<FeedNamespace>,
    handlers: Handlers,
    lost: () => void,
  ) {
    const handle = (event: string, payload: object) => handlers[event as keyof Handlers]?.(payload as never);
    this.#cursor = new FeedCursor({
      resume: (after) => connection.request('feed:resume', { after }),
      emit: ({ event, payload }) => handle(event, payload),
      lost,
    });
    for (const event of Object.keys(handlers) as KeptPushOf<FeedNamespace>[])
      connection.on(event, (payload, id?: string) => {
        // A push without an id is the current state, sent to a new connection.
        if (id === undefined) handle(event, payload);
        else this.#cursor.push({ id, event, payload })?.catch(() => this.#resubscribe());
      });
    // The stream was interrupted for too long to resume.
    connection.on('reset', () => this.#resubscribe());
    pollWhileConnected(connection, () => this.#resubscribe());
  }

  /** Resolves when every entry so far was handled, or the request for them failed. */
  async catchUp(): Promise<void> {
    if (this.#cursor.last !== null) await this.#cursor.resume().catch(() => {});
  }

  #resubscribe(): void {
    const resume = () => this.#cursor.resume();
    void resubscribe(this.connection, () => true, resume);
  }
}
