import { statSync } from 'node:fs';
import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';

const INTERVAL_MS = 20;

/** Tracks the length of Redis's append-only file, and can truncate it as a power cut may. */
export class AppendOnlyFile {
  readonly #lengths: Array<{ at: number; bytes: number }> = [];
  readonly #timer: NodeJS.Timeout;

  private constructor(private readonly path: string) {
    this.#timer = setInterval(() => {
      this.#lengths.push({ at: Date.now(), bytes: statSync(path).size });
    }, INTERVAL_MS);
  }

  /** @param dir data directory of that Redis */
  static async follow(dir: string): Promise<AppendOnlyFile> {
    const folder = join(dir, 'appendonlydir');
    const name = (await readdir(folder)).find((file) => file.endsWith('.incr.aof'))!;
    return new AppendOnlyFile(join(folder, name));
  }

  /** Truncates what was written after a time, epoch ms. @returns the number of bytes removed */
  async cut(since: number): Promise<number> {
    clearInterval(this.#timer);
    const { bytes } = this.#lengths.find(({ at }) => at >= since)!;
    const cut = statSync(this.path).size - bytes;
    await truncate(this.path, bytes);
    return cut;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
