import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { deleteIfValue, takeLease } from './scripts/common.js';

/** Three heartbeats; a process that restarts after a crash waits for this time. */
const TTL_MS = 3_000;
const RETRY_MS = 250;

/** The name of a process, which no other process has while it lives. */
export class NodeName {
  readonly #run = randomUUID();
  readonly #key: string;

  constructor(
    private readonly redis: RedisClient,
    node: string,
  ) {
    this.#key = keys.nodeName(node);
  }

  /** Takes the name, and waits until a process that has died has lost it. @returns false if a living one has it */
  async take(): Promise<boolean> {
    for (let waitedMs = 0; waitedMs <= TTL_MS + RETRY_MS; waitedMs += RETRY_MS) {
      if (await this.keep()) return true;
      await sleep(RETRY_MS);
    }
    return false;
  }

  /** Keeps the name; called once a second. @returns false if another process has taken it */
  keep(): Promise<boolean> {
    return takeLease(this.redis, { key: this.#key, holder: this.#run, ttlMs: TTL_MS });
  }

  async release(): Promise<void> {
    await deleteIfValue(this.redis, { key: this.#key, value: this.#run });
  }
}
