import { type IDBPDatabase, openDB } from 'idb';
import type { Fix } from '#protocol';
import type { OutboxEntry, OutboxStore } from './store.js';

const FIXES = 'fixes';
/** Browsers have been seen to never answer. */
const OPEN_MS = 5_000;

type Database = IDBPDatabase<{ [FIXES]: { key: number; value: Fix } }>;

/**
 * Keeps an outbox in the browser's IndexedDB, across reloads and restarts, in a database of its own for each key. Fixes
 * outlive a page or a browser that is killed; the browser decides when they are on the disk.
 * @param key of one driver, such as its id; or a promise of it: until then fixes wait in memory
 */
export const indexedDbOutbox = (key: string | Promise<string>): OutboxStore => new IndexedDbStore(key);

class IndexedDbStore implements OutboxStore {
  readonly #keys = new WeakMap<OutboxEntry, number>();
  #database: Promise<Database> | null = null;

  constructor(private readonly key: string | Promise<string>) {}

  async load(): Promise<OutboxEntry[]> {
    const transaction = (await this.#open()).transaction(FIXES);
    // Both in order of their keys, which is the order in which they came.
    const [keys, fixes] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
    return fixes.map((fix, i) => {
      const entry = { fix };
      this.#keys.set(entry, keys[i]!);
      return entry;
    });
  }

  async add(entries: OutboxEntry[]): Promise<void> {
    const transaction = (await this.#open()).transaction(FIXES, 'readwrite');
    // The database numbers them, so that two pages of one driver do not overwrite each other's.
    const keys = Promise.all(entries.map(({ fix }) => transaction.store.add(fix)));
    const [numbers] = await Promise.all([keys, transaction.done]);
    for (const [i, entry] of entries.entries()) this.#keys.set(entry, numbers[i]!);
  }

  async remove(entries: OutboxEntry[]): Promise<void> {
    const keys = entries.flatMap((entry) => this.#keys.get(entry) ?? []);
    const transaction = (await this.#open()).transaction(FIXES, 'readwrite');
    await Promise.all([...keys.map((key) => transaction.store.delete(key)), transaction.done]);
  }

  /** Opened again after the browser has closed it, as some do to pages in the background. */
  async #open(): Promise<Database> {
    const name = `hexfleet-outbox-${await this.key}`;
    const forget = () => {
      this.#database = null;
    };
    if (this.#database === null) {
      this.#database = within(
        OPEN_MS,
        openDB(name, 1, {
          upgrade: (database) => {
            database.createObjectStore(FIXES, { autoIncrement: true });
          },
          // An app that deletes the database must not wait for this page.
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
