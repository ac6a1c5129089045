import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ProtocolError } from '#protocol';
import { repeatedly } from './repeatedly.js';

type Options = {
  /** name of the work, for the log */
  name: string;
  /** time between two looks at what is due */
  intervalMs: number;
  /** items that this process works on at the same time */
  maxRunning: number;
};

/**
 * Work that becomes due, and that all processes share: each takes some of it for a while and does it. What fails, or what a process
 * that dies had taken, is due again after that.
 */
export abstract class DueWork<T> implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger: Logger;
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: Options) {
    this.#logger = new Logger(options.name);
  }

  /** Takes up to `limit` items that are due, so that no other process gets them for a while. */
  protected abstract take(limit: number): Promise<T[]>;

  /** Does the work on one item. */
  protected abstract work(item: T): Promise<void>;

  onApplicationBootstrap(): void {
    this.#timer = repeatedly(this.options.intervalMs, () => this.#takeDue());
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#running);
  }

  async #takeDue(): Promise<void> {
    const free = this.options.maxRunning - this.#running.size;
    if (free <= 0) return;
    // While Redis is unavailable, nothing is due.
    for (const item of await this.take(free).catch(() => [])) void this.run(item);
  }

  /** Does the work on an item now, whether or not it is due. Never rejects: work that failed is done again when it is due. */
  async run(item: T): Promise<void> {
    // A ProtocolError means that another change came first, or that Redis is unavailable. Items may be ids of people: the log has none.
    const running = this.work(item)
      .catch((error: unknown) => {
        if (!(error instanceof ProtocolError)) this.#logger.warn(error);
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    await running;
  }
}
