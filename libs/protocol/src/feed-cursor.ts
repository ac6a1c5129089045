import { EMPTY_FEED, type FeedPart } from './feed.js';

/** What is told of a feed: an event, its payload, its number. */
export type Told = { id: string; event: string; payload: object };

type Steps = {
  /** asks for what came after an entry, see {@link FeedPart} */
  resume(after: string | null): Promise<FeedPart>;
  /** hands on the next entry */
  emit(entry: Told): void;
  /** more was missed than is kept: what is shown is to be asked for anew */
  lost(): void;
};

/** Pushes that may wait for an answer; with more, the answer is asked for again. */
const MAX_WAITING = 500;

/**
 * Hands on the entries of a feed once each and in their order, whatever order pushes arrive in and however often: one that
 * is not the next shows that others are missing, and these are asked for.
 */
export class FeedCursor {
  readonly #steps: Steps;
  #last: string | null;
  #waiting: Told[] = [];
  #resuming: Promise<void> | null = null;

  /** @param after the entry that was handed on last, at another time; null to begin with the next one */
  constructor(steps: Steps, after: string | null = null) {
    this.#steps = steps;
    this.#last = after;
  }

  /** The entry that was handed on last. */
  get last(): string | null {
    return this.#last;
  }

  /**
   * Asks for what was missed: to begin with, and on each new connection.
   * @throws what `resume` throws; pushes wait until it is asked again
   */
  resume(): Promise<void> {
    this.#resuming ??= this.#resume();
    return this.#resuming;
  }

  /** Takes a push. @returns null, or the promise of what it showed to be missing, see {@link resume} */
  push(entry: Told): Promise<void> | null {
    if (this.#resuming === null && this.#waiting.length === 0 && this.#take(entry)) return null;
    this.#waiting.push(entry);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    return this.#resuming === null ? this.resume() : null;
  }

  async #resume(): Promise<void> {
    const before = this.#last;
    try {
      const { entries, last, complete } = await this.#steps.resume(this.#last);
      for (const entry of entries) this.#emit(entry);
      // What was pushed while it began is the beginning, though it may be in the feed by now.
      if (before !== null || this.#waiting.length === 0) this.#last = last;
      if (!complete) this.#steps.lost();
    } finally {
      this.#resuming = null;
    }
    const waiting = this.#waiting.sort((a, b) => numberOf(a.id) - numberOf(b.id));
    this.#waiting = waiting.filter((entry) => !this.#take(entry));
    if (this.#waiting.length === 0) return;
    // Ahead of all that the feed has: a store that lost its latest entries will never have what is between.
    if (this.#last === before) this.#waiting = [];
    else await this.resume();
  }

  /** @returns false when something is missing before it */
  #take(entry: Told): boolean {
    const order = this.#last === null ? 1 : distance(this.#last, entry.id);
    if (order > 1) return false;
    if (order === 1) this.#emit(entry);
    return true;
  }

  #emit({ id, event, payload }: Told): void {
    this.#last = id;
    this.#steps.emit({ id, event, payload });
  }
}

const epochOf = (id: string): number => Number(id.split('-')[0]);
const numberOf = (id: string): number => Number(id.split('-')[1]);

/** How many entries lie from one to the other; infinitely many to one of a feed that began anew. */
function distance(from: string, to: string): number {
  if (from === EMPTY_FEED) return numberOf(to) + 1;
  if (epochOf(from) !== epochOf(to)) return (epochOf(to) - epochOf(from)) * Number.POSITIVE_INFINITY;
  return numberOf(to) - numberOf(from);
}
