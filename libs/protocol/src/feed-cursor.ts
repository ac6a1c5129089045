import type { FeedPart } from './feed-schemas.js';

/** Position of a feed without entries. */
export const EMPTY_FEED = '0-0';

/** Event of a feed with its payload and the id of its entry. */
export type FeedEvent = { id: string; event: string; payload: object };

type CursorHandlers = {
  /** requests the entries after one, see {@link FeedPart} */
  resume(after: string | null): Promise<FeedPart>;
  /** handles the next entry */
  emit(entry: FeedEvent): void;
  /** more was missed than is stored: the client must reload what it shows */
  lost(): void;
};

/** Pushes that may wait for an answer. Beyond this, the oldest is dropped, and a later request fetches it again. */
const MAX_WAITING = 500;

/**
 * Emits each entry of a feed once and in order, in whatever order and however often pushes arrive. A push that is not the
 * next entry shows that others are missing, and the cursor requests these.
 */
export class FeedCursor {
  readonly #handlers: CursorHandlers;
  #last: string | null;
  #waiting: FeedEvent[] = [];
  #resuming: Promise<void> | null = null;

  /** @param after id of the entry that was emitted last, in an earlier session; null to begin with the next one */
  constructor(handlers: CursorHandlers, after: string | null = null) {
    this.#handlers = handlers;
    this.#last = after;
  }

  /** Id of the entry that was emitted last. */
  get last(): string | null {
    return this.#last;
  }

  /**
   * Requests what was missed. Call it at the start and on each new connection.
   * @throws what `resume` throws; pushes then wait for the next call
   */
  resume(): Promise<void> {
    this.#resuming ??= this.#resume();
    return this.#resuming;
  }

  /** Accepts a push. @returns null, or the promise of a {@link resume} when the push showed that entries are missing */
  push(entry: FeedEvent): Promise<void> | null {
    if (this.#resuming === null && this.#waiting.length === 0 && this.#take(entry)) return null;
    this.#waiting.push(entry);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    return this.#resuming === null ? this.resume() : null;
  }

  async #resume(): Promise<void> {
    const before = this.#last;
    try {
      const { entries, last, complete } = await this.#handlers.resume(this.#last);
      for (const entry of entries) this.#emit(entry);
      // An entry pushed during the first request is the first one to emit, although it may be in the feed by now.
      if (before !== null || this.#waiting.length === 0) this.#last = last;
      if (!complete) this.#handlers.lost();
    } finally {
      this.#resuming = null;
    }
    const waiting = this.#waiting.sort((a, b) => numberOf(a.id) - numberOf(b.id));
    this.#waiting = waiting.filter((entry) => !this.#take(entry));
    if (this.#waiting.length === 0) return;
    // These are ahead of the whole feed: the store has lost its latest entries and will never have those in between.
    if (this.#last === before) this.#waiting = [];
    else await this.resume();
  }

  /** @returns false when an entry before this one is missing */
  #take(entry: FeedEvent): boolean {
    const order = this.#last === null ? 1 : distance(this.#last, entry.id);
    if (order > 1) return false;
    if (order === 1) this.#emit(entry);
    return true;
  }

  #emit({ id, event, payload }: FeedEvent): void {
    this.#last = id;
    this.#handlers.emit({ id, event, payload });
  }
}

const epochOf = (id: string): number => Number(id.split('-')[0]);
const numberOf = (id: string): number => Number(id.split('-')[1]);

/** Number of entries from one id to another; infinite when the feed was started again in between. */
function distance(from: string, to: string): number {
  if (from === EMPTY_FEED) return numberOf(to) + 1;
  if (epochOf(from) !== epochOf(to)) return (epochOf(to) - epochOf(from)) * Number.POSITIVE_INFINITY;
  return numberOf(to) - numberOf(from);
}
