import { type IDBPDatabase, openDB } from 'idb';
import type { Fix } from '#protocol';
import type { OutboxEntry, OutboxStore } from './outbox-store.js';

const FIXES = 'fixes';
/** Some browsers never answer. */
const OPEN_TIMEOUT_MS = 5_000;

type Database = IDBPDatabase<{ [FIXES]: { key: number; value: Fix } }>;

/**
 * Stores an outbox in the browser's IndexedDB, across reloads and restarts, with one database per key. Fixes survive the
 * kill of a page or a browser; the browser decides when they are on the disk.
 * @param key identifies one driver, for example its id; with a promise, fixes wait in memory until it resolves
 */
export const indexedDbOutbox = (key: string | Promise<string>): OutboxStore => new IndexedDbStore(key);

class IndexedDbStore implements OutboxStore {
  readonly #keys = new WeakMap<OutboxEntry, number>();
  #database: Promise<Database> | null = null;

  constructor(private readonly key: string | Promise<string>) {}

  async load(): Promise<OutboxEntry[]> {
    const transaction = (await this.#open()).transaction(FIXES);
    // Both are in key order, which is the order in which the fixes were added.
    const [keys, fixes] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
    return fixes.map((fix, i) => {
      const entry = { fix };
      this.#keys.set(entry, keys[i]!);
      return entry;
    });
  }

  async add(entries: OutboxEntry[]): Promise<void> {
    const transaction = (await this.#open()).transaction(FIXES, 'readwrite');
    // The database assigns the keys, so that two pages of one driver do not overwrite each other's fixes.
    const keys = Promise.all(entries.map(({ fix }) => transaction.store.add(fix)));
    const [numbers] = await Promise.all([keys, transaction.done]);
    for (const [i, entry] of entries.entries()) this.#keys.set(entry, numbers[i]!);
  }

  async remove(entries: OutboxEntry[]): Promise<void> {
    const keys = entries.flatMap((entry) => this.#keys.get(entry) ?? []);
    const transaction = (await this.#open()).transaction(FIXES, 'readwrite');
    await Promise.all([...keys.map((key) => transaction.store.delete(key)), transaction.done]);
  }

  /** Opens the database, also again after the browser has closed it, as some do to background pages. */
  async #open(): Promise<Database> {
    const name = `hexfleet-outbox-${await this.key}`;
    const forget = () => {
      this.#database = null;
    };
    if (this.#database === null) {
      this.#database = within(
        OPEN_TIMEOUT_MS,
        openDB(name, 1, {
          upgrade: (database) => {
            database.createObjectStore(FIXES, { autoIncrement: true });
          },
          // This page must not block an app that deletes the database.
          blocking: (_current, _next, event) => {
            forget();
            (event.target as unknown as { close(): void }).close();
          },
          terminated: forget,
        }),
      );
      this.#database.catch(forget);
    }
    return this.#database;
  }
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('IndexedDB does not answer')), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
