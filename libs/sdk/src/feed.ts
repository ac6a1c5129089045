import { FeedCursor, type FeedPart } from '#protocol';
import type { Connection } from './connection.js';
import { regularly } from './regularly.js';
import { restore } from './restore.js';

/** By event. What is not listed is passed over. */
type Handlers = Record<string, (payload: never) => void>;

/**
 * What the service tells one user so that it is not missed: once each and in order, also when pushes overtake each other,
 * and on a new connection with what was told meanwhile. Begins with the first push or the next connection.
 */
export class Feed {
  readonly #cursor: FeedCursor;

  /** @param lost more was missed than the service keeps */
  constructor(
    private readonly connection: Connection,
    handlers: Handlers,
    lost: () => void,
  ) {
    const hand = (event: string, payload: object) => handlers[event]?.(payload as never);
    this.#cursor = new FeedCursor({
      resume: (after) => connection.request<FeedPart>('feed:resume', { after }),
      emit: ({ event, payload }) => hand(event, payload),
      lost,
    });
    for (const event of Object.keys(handlers))
      connection.on(event, (payload: object, id?: string) => {
        // Without a number it is how things stand, told to a new connection.
        if (id === undefined) hand(event, payload);
        else this.#cursor.push({ id, event, payload })?.catch(() => this.#restore());
      });
    // A stream was away for longer than it can go on from.
    connection.on('reset', () => this.#restore());
    regularly(connection, () => this.#restore());
  }

  /** Resolves when everything was handed on that was told until now, or it could not be asked for. */
  async catchUp(): Promise<void> {
    if (this.#cursor.last !== null) await this.#cursor.resume().catch(() => {});
  }

  #restore(): void {
    const resume = () => this.#cursor.resume();
    void restore(this.connection, () => true, resume);
  }
}
