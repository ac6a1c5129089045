import type { Fix } from '#protocol';
import { Emitter } from '../util/emitter.js';
import { type Abortable, eventPromise, unlessAborted } from '../util/event-promise.js';
import type { OutboxEntry, OutboxStore } from './store.js';

type OutboxEvents = {
  /** fixes came or went, or the fence was opened */
  change: undefined;
  /** the first time that the store failed */
  failure: Error;
};

/**
 * Fixes in order, each until the service has it. Memory has them all; the store is written behind, and its failures stop
 * nothing. What was loaded stands before what was added since.
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
  /** how many, from the first on, go before whatever was added later; null when nobody asked for that */
  #fenced: number | null = null;

  /** Resolves when the store has said what it kept, or failed. */
  readonly loaded: Promise<void>;

  /** @param limit fixes; with more, the oldest are thinned */
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

  /** The oldest ones; none that was added behind a fence. */
  first(count: number): OutboxEntry[] {
    return this.#entries.slice(0, Math.min(count, this.#fenced ?? count));
  }

  add(fixes: Fix[]): void {
    if (fixes.length === 0) return;
    const entries = fixes.map((fix) => ({ fix }));
    this.#entries = this.#entries.concat(entries);
    this.#toAdd = this.#toAdd.concat(entries);
    this.#thin();
    this.#changed();
  }

  /** Takes out what the service has, or will never take. */
  remove(entries: OutboxEntry[]): void {
    this.#forget(new Set(entries));
    this.#changed();
  }

  /** What is added from now on waits until {@link openFence}. */
  fence(): void {
    this.#fenced = this.#entries.length;
  }

  openFence(): void {
    if (this.#fenced === null) return;
    this.#fenced = null;
    this.emit('change', undefined);
  }

  /** Resolves when nothing is left before the fence. */
  passedFence(options: Abortable = {}): Promise<void> {
    return this.#until(() => this.#fenced === null || this.#fenced === 0, options);
  }

  /** Resolves when it is empty. */
  drained(options: Abortable = {}): Promise<void> {
    return this.#until(() => this.#entries.length === 0, options);
  }

  async #until(isSo: () => boolean, { signal }: Abortable): Promise<void> {
    await unlessAborted(this.loaded, signal);
    if (isSo()) return;
    await eventPromise<void>((resolve) => this.on('change', () => isSo() && resolve()), signal);
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

  /** Every other one of the older half goes: the way stays recognisable, the newest stay whole. */
  #thin(): void {
    while (this.#entries.length > this.#limit) {
      const half = this.#entries.length >> 1;
      this.#forget(new Set(this.#entries.filter((_, index) => index < half && index % 2 === 0)));
    }
  }

  #forget(gone: ReadonlySet<OutboxEntry>): void {
    const isLeft = (entry: OutboxEntry) => !gone.has(entry);
    if (this.#fenced !== null) this.#fenced = this.#entries.slice(0, this.#fenced).filter(isLeft).length;
    this.#entries = this.#entries.filter(isLeft);
    // What was not written yet need not be written at all.
    const unwritten = new Set(this.#toAdd);
    this.#toAdd = this.#toAdd.filter(isLeft);
    this.#toRemove.push(...[...gone].filter((entry) => !unwritten.has(entry)));
  }

  #changed(): void {
    this.emit('change', undefined);
    void this.#write();
  }

  /** One write at a time; what changes meanwhile goes into the next. */
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
