import type { Fix } from '#protocol';
import { Emitter } from '../util/emitter.js';
import { type Abortable, eventPromise, unlessAborted } from '../util/event-promise.js';
import type { OutboxEntry, OutboxStore } from './outbox-store.js';

type OutboxEvents = {
  /** Emitted when fixes are added, sent or removed, or the fence is opened. */
  change: undefined;
  /** Emitted when the store fails for the first time. */
  failure: Error;
};

/**
 * Queue of fixes, each kept until the service has stored it. All are in memory; the store is written in the background, and
 * its failures block nothing. Loaded fixes go before those added since.
 */
export class Outbox extends Emitter<OutboxEvents> {
  readonly #store: OutboxStore;
  readonly #limit: number;
  #entries: OutboxEntry[] = [];
  #toAdd: OutboxEntry[] = [];
  #toRemove: OutboxEntry[] = [];
  #isWriting = false;
  #hasFailed = false;
  #isLoaded = false;
  /** number of fixes before the fence; null while there is none */
  #fenced: number | null = null;
  /** sent, and neither stored nor refused as far as is known here */
  readonly #inFlight = new Set<OutboxEntry>();
  #waiters = 0;

  /** Resolves when the store has loaded its fixes, or failed. */
  readonly loaded: Promise<void>;

  /** @param limit maximum number of fixes; beyond it, the older half is thinned */
  constructor(store: OutboxStore, limit: number) {
    super();
    this.#store = store;
    this.#limit = limit;
    this.loaded = this.#load();
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Number of fixes that are not on their way to the service. */
  get unsent(): number {
    return this.#entries.length - this.#inFlight.size;
  }

  /** Whether something waits until fixes have left the outbox. */
  get isAwaited(): boolean {
    return this.#waiters > 0;
  }

  /** Returns the newest entry that is not behind the fence. */
  newest(): OutboxEntry | undefined {
    return this.#entries[(this.#fenced ?? this.#entries.length) - 1];
  }

  /** Returns the oldest entries that are not in flight, none of them behind the fence. */
  first(count: number): OutboxEntry[] {
    const end = this.#fenced ?? this.#entries.length;
    if (this.#inFlight.size === 0) return this.#entries.slice(0, Math.min(count, end));
    const first: OutboxEntry[] = [];
    for (let i = 0; i < end && first.length < count; i += 1)
      if (!this.#inFlight.has(this.#entries[i]!)) first.push(this.#entries[i]!);
    return first;
  }

  /** Notes that entries were sent: {@link first} returns them no more. They stay in the outbox. */
  sent(entries: OutboxEntry[]): void {
    for (const entry of entries) this.#inFlight.add(entry);
    this.emit('change', undefined);
  }

  /** Notes that entries have to be sent again. */
  unsend(entries: OutboxEntry[]): void {
    for (const entry of entries) this.#inFlight.delete(entry);
    this.emit('change', undefined);
  }

  add(fixes: Fix[]): void {
    if (fixes.length === 0) return;
    const entries = fixes.map((fix) => ({ fix }));
    this.#entries = this.#entries.concat(entries);
    this.#toAdd = this.#toAdd.concat(entries);
    this.#thin();
    this.#changed();
  }

  /** Removes entries that the service has stored or refused. */
  remove(entries: OutboxEntry[]): void {
    this.#discard(new Set(entries));
    this.#changed();
  }

  /** Sets a fence: fixes added from now on wait until {@link openFence}. */
  fence(): void {
    this.#fenced = this.#entries.length;
  }

  openFence(): void {
    if (this.#fenced === null) return;
    this.#fenced = null;
    this.emit('change', undefined);
  }

  /** Resolves when no fix is left before the fence. */
  passedFence(options: Abortable = {}): Promise<void> {
    return this.#until(() => this.#fenced === null || this.#fenced === 0, options);
  }

  /** Resolves when the outbox is empty. */
  drained(options: Abortable = {}): Promise<void> {
    return this.#until(() => this.#entries.length === 0, options);
  }

  async #until(condition: () => boolean, { signal }: Abortable): Promise<void> {
    this.#waiters += 1;
    try {
      await unlessAborted(this.loaded, signal);
      if (condition()) return;
      await eventPromise<void>((resolve) => this.on('change', () => condition() && resolve()), signal);
    } finally {
      this.#waiters -= 1;
    }
  }

  async #load(): Promise<void> {
    try {
      const loaded = await this.#store.load();
      this.#entries = loaded.concat(this.#entries);
      if (this.#fenced !== null) this.#fenced += loaded.length;
      this.#thin();
    } catch (error) {
      this.#failed(error);
    }
    this.#isLoaded = true;
    this.#changed();
  }

  /** Drops every other fix of the older half: the track stays recognizable, and the newest part complete. */
  #thin(): void {
    while (this.#entries.length > this.#limit) {
      const half = this.#entries.length >> 1;
      this.#discard(new Set(this.#entries.filter((_, index) => index < half && index % 2 === 0)));
    }
  }

  #discard(gone: ReadonlySet<OutboxEntry>): void {
    const remains = (entry: OutboxEntry) => !gone.has(entry);
    for (const entry of gone) this.#inFlight.delete(entry);
    if (this.#fenced !== null) this.#fenced = this.#entries.slice(0, this.#fenced).filter(remains).length;
    this.#entries = this.#entries.filter(remains);
    // Entries that are not written yet need no write at all.
    const unwritten = new Set(this.#toAdd);
    this.#toAdd = this.#toAdd.filter(remains);
    this.#toRemove.push(...[...gone].filter((entry) => !unwritten.has(entry)));
  }

  #changed(): void {
    this.emit('change', undefined);
    void this.#write();
  }

  /** Writes one batch at a time; changes in the meantime go into the next one. */
  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    await this.loaded;
    while (this.#toAdd.length > 0 || this.#toRemove.length > 0) {
      const [added, removed] = [this.#toAdd, this.#toRemove];
      [this.#toAdd, this.#toRemove] = [[], []];
      try {
        if (added.length > 0) await this.#store.add(added);
        if (removed.length > 0) await this.#store.remove(removed);
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#isWriting = false;
  }

  #failed(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.emit('failure', error instanceof Error ? error : new Error(String(error)));
  }
}
