import { statSync } from 'node:fs';
import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';

const INTERVAL_MS = 20;

/** Follows how long the append-only file of a Redis is, and can make of it what a power cut may leave. */
export class AppendOnlyFile {
  readonly #lengths: Array<{ at: number; bytes: number }> = [];
  readonly #timer: NodeJS.Timeout;

  private constructor(private readonly path: string) {
    this.#timer = setInterval(() => {
      this.#lengths.push({ at: Date.now(), bytes: statSync(path).size });
    }, INTERVAL_MS);
  }

  /** @param dir where that Redis keeps its data */
  static async follow(dir: string): Promise<AppendOnlyFile> {
    const folder = join(dir, 'appendonlydir');
    const name = (await readdir(folder)).find((file) => file.endsWith('.incr.aof'))!;
    return new AppendOnlyFile(join(folder, name));
  }

  /** Cuts off what was written after a moment, epoch ms. @returns how many bytes that were */
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
