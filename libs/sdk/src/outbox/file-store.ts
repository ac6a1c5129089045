import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Fix } from '#protocol';
import type { OutboxEntry, OutboxStore } from './outbox-store.js';

/** Options of {@link fileOutbox}. */
export type FileOutboxOptions = {
  /**
   * whether each write is flushed to the disk (fdatasync) before the next one; true by default. A process that is killed
   * loses nothing in either case; without the flush, a power failure loses the last half minute or less. Acks are never
   * flushed: a lost one only means that a fix is sent twice
   */
  fsync?: boolean;
};

/** Obsolete lines in the file, besides one per waiting fix, before it is compacted. */
const MAX_OBSOLETE_LINES = 1_000;

/**
 * Stores an outbox in a file, for apps in Node: an append-only journal of NDJSON, `{"add":id,"fix":{…}}` and
 * `{"ack":[id,…]}`, which is compacted when most of it is obsolete. A line that a kill has truncated is skipped.
 * A file belongs to one driver and one process. A missing directory is created.
 * @param path path of the file
 */
export const fileOutbox = (path: string, { fsync = true }: FileOutboxOptions = {}): OutboxStore =>
  new FileStore(path, fsync);

class FileStore implements OutboxStore {
  readonly #ids = new WeakMap<OutboxEntry, number>();
  /** fixes without an ack in the file, by id, oldest first */
  #waiting = new Map<number, Fix>();
  #nextId = 1;
  #lines = 0;
  /** whether the last line may be truncated */
  #isTorn = false;

  constructor(
    private readonly path: string,
    private readonly fsync: boolean,
  ) {}

  async load(): Promise<OutboxEntry[]> {
    await mkdir(dirname(this.path), { recursive: true });
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    this.#read(text);
    if (this.#lines > this.#waiting.size) await this.#compact();
    return [...this.#waiting].map(([id, fix]) => {
      const entry = { fix };
      this.#ids.set(entry, id);
      return entry;
    });
  }

  async add(entries: OutboxEntry[]): Promise<void> {
    const lines = entries.map((entry) => {
      const id = this.#nextId++;
      this.#ids.set(entry, id);
      this.#waiting.set(id, entry.fix);
      return added(id, entry.fix);
    });
    await this.#append(lines, this.fsync);
  }

  async remove(entries: OutboxEntry[]): Promise<void> {
    const ids = entries.flatMap((entry) => this.#ids.get(entry) ?? []);
    if (ids.length === 0) return;
    for (const id of ids) this.#waiting.delete(id);
    if (this.#lines > 2 * this.#waiting.size + MAX_OBSOLETE_LINES) await this.#compact();
    else await this.#append([JSON.stringify({ ack: ids })], false);
  }

  #read(text: string): void {
    this.#isTorn = text !== '' && !text.endsWith('\n');
    for (const line of text.split('\n')) {
      if (line === '') continue;
      this.#lines += 1;
      const entry = parse(line);
      if (entry === null) continue;
      if ('ack' in entry) for (const id of entry.ack) this.#waiting.delete(id);
      else this.#waiting.set(entry.add, entry.fix);
      if ('add' in entry) this.#nextId = Math.max(this.#nextId, entry.add + 1);
    }
  }

  /** Ends a line that a kill or a full disk has truncated, so that the next one stays readable. */
  async #append(lines: string[], sync: boolean): Promise<void> {
    const text = `${this.#isTorn ? '\n' : ''}${lines.join('\n')}\n`;
    this.#isTorn = true;
    await write(this.path, 'a', text, sync);
    this.#isTorn = false;
    this.#lines += lines.length;
  }

  /** Replaces the file atomically, once the new one is on the disk. */
  async #compact(): Promise<void> {
    const lines = [...this.#waiting].map(([id, fix]) => `${added(id, fix)}\n`);
    await write(`${this.path}.new`, 'w', lines.join(''), true);
    await rename(`${this.path}.new`, this.path);
    await syncDirectory(dirname(this.path));
    this.#isTorn = false;
    this.#lines = lines.length;
  }
}

const added = (id: number, fix: Fix): string => JSON.stringify({ add: id, fix });

async function write(path: string, flags: 'a' | 'w', text: string, sync: boolean): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.appendFile(text);
    if (sync) await file.datasync();
  } finally {
    await file.close();
  }
}

/** Makes the rename durable: otherwise a power failure could bring the old file back and lose the newer fixes. */
async function syncDirectory(path: string): Promise<void> {
  // Not every system can open a directory.
  const directory = await open(path, 'r').catch(() => null);
  if (directory === null) return;
  await directory.sync().catch(() => {});
  await directory.close();
}

type Line = { add: number; fix: Fix } | { ack: number[] };

/** @returns null for anything but a complete line of a journal */
function parse(line: string): Line | null {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== 'object' || entry === null) return null;
    if ('ack' in entry) return Array.isArray(entry.ack) ? { ack: entry.ack } : null;
    const isFix = 'add' in entry && typeof entry.add === 'number' && 'fix' in entry;
    return isFix && typeof entry.fix === 'object' && entry.fix !== null
      ? { add: entry.add as number, fix: entry.fix as Fix }
      : null;
  } catch {
    return null;
  }
}
