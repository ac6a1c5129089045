import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Fix } from '#protocol';
import type { OutboxEntry, OutboxStore } from './store.js';

/** How a file outbox writes. */
export type FileOutboxOptions = {
  /**
   * Whether fixes are on the disk (fdatasync) before the next are written; true by default. A process that is killed
   * loses nothing that was written either way; without it, a loss of power takes what the kernel had not written yet, up
   * to half a minute. Acks are never synced: a lost one only means that a fix is sent twice.
   */
  fsync?: boolean;
};

/** Lines that tell nothing any more: so many are kept, and as many again as there are fixes. */
const MAX_IDLE_LINES = 1_000;

/**
 * Keeps an outbox in a file, for apps in Node: a journal of NDJSON, `{"add":id,"fix":{…}}` and `{"ack":[id,…]}`, written
 * at its end only, and written anew when most of it tells nothing any more. A line that a kill cut off is skipped.
 * A file belongs to one driver and one process. Its directory is made when it is missing.
 * @param path of the file
 */
export const fileOutbox = (path: string, { fsync = true }: FileOutboxOptions = {}): OutboxStore =>
  new FileStore(path, fsync);

class FileStore implements OutboxStore {
  readonly #ids = new WeakMap<OutboxEntry, number>();
  /** what the file says is waiting, by id, oldest first */
  #waiting = new Map<number, Fix>();
  #nextId = 1;
  #lines = 0;
  /** the last line may lack its end */
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
    if (this.#lines > this.#waiting.size) await this.#rewrite();
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
    if (this.#lines > 2 * this.#waiting.size + MAX_IDLE_LINES) await this.#rewrite();
    else await this.#append([JSON.stringify({ ack: ids })], false);
  }

  #read(text: string): void {
    this.#isTorn = text !== '' && !text.endsWith('\n');
    for (const line of text.split('\n')) {
      if (line === '') continue;
      this.#lines += 1;
      const said = parse(line);
      if (said === null) continue;
      if ('ack' in said) for (const id of said.ack) this.#waiting.delete(id);
      else this.#waiting.set(said.add, said.fix);
      if ('add' in said) this.#nextId = Math.max(this.#nextId, said.add + 1);
    }
  }

  /** A line that was cut off, by a kill or a full disk, gets an end, so that it does not swallow the next. */
  async #append(lines: string[], sync: boolean): Promise<void> {
    const text = `${this.#isTorn ? '\n' : ''}${lines.join('\n')}\n`;
    this.#isTorn = true;
    await write(this.path, 'a', text, sync);
    this.#isTorn = false;
    this.#lines += lines.length;
  }

  /** The new file takes the place of the old one in a single step, when it is on the disk. */
  async #rewrite(): Promise<void> {
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

/** Without it, a loss of power could bring back the old file, and take what was added to the new one. */
async function syncDirectory(path: string): Promise<void> {
  // Not every system lets a directory be opened.
  const directory = await open(path, 'r').catch(() => null);
  if (directory === null) return;
  await directory.sync().catch(() => {});
  await directory.close();
}

type Line = { add: number; fix: Fix } | { ack: number[] };

/** @returns null for what is not a whole line of a journal */
function parse(line: string): Line | null {
  try {
    const said: unknown = JSON.parse(line);
    if (typeof said !== 'object' || said === null) return null;
    if ('ack' in said) return Array.isArray(said.ack) ? { ack: said.ack } : null;
    const isFix = 'add' in said && typeof said.add === 'number' && 'fix' in said;
    return isFix && typeof said.fix === 'object' && said.fix !== null
      ? { add: said.add as number, fix: said.fix as Fix }
      : null;
  } catch {
    return null;
  }
}
