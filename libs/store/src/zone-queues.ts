import { DAY_MS } from '#protocol';
import { EMPTY_QUEUE, pruned, type Queue, type QueueEvent, type QueueRules, queueAfter } from '#zones';
import { clock } from './clock.js';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { changeQueue } from './scripts/zone-effects.js';

/** Events that wait for the write before them, and then are written together. */
type Waiting = {
  changes: Array<{ events: readonly QueueEvent[]; rules: QueueRules }>;
  written: Promise<Queue[]>;
};

/**
 * Queues of `queue` zones, each changed by compare-and-set: events of several processes apply one after the other. Those of
 * one process join in one write, so hundreds that come at once do not contend with each other.
 */
export class ZoneQueues {
  /** the last write of each queue */
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #waiting = new Map<string, Waiting>();

  constructor(private readonly redis: RedisClient) {}

  /** Reads a queue as it is now. */
  async read(region: string, zoneId: string): Promise<Queue> {
    return pruned((await this.#load(region, zoneId)).queue, clock.now());
  }

  /** Applies events to a queue, all or none. @returns the queue after them */
  async apply(
    region: string,
    zoneId: string,
    events: readonly QueueEvent[],
    rules: QueueRules,
  ): Promise<Queue> {
    const key = keys.zoneQueue(region, zoneId);
    let waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      const changes: Waiting['changes'] = [];
      const before = this.#last.get(key) ?? Promise.resolve();
      const written = before
        .catch(() => {})
        .then(() => {
          this.#waiting.delete(key);
          return this.#write(region, zoneId, changes);
        })
        .finally(() => {
          if (this.#last.get(key) === written) this.#last.delete(key);
        });
      waiting = { changes, written };
      this.#waiting.set(key, waiting);
      this.#last.set(key, written);
    }
    const index = waiting.changes.push({ events, rules }) - 1;
    return (await waiting.written)[index]!;
  }

  /** @returns the queue after each change */
  async #write(region: string, zoneId: string, changes: Waiting['changes']): Promise<Queue[]> {
    for (;;) {
      const { queue, version } = await this.#load(region, zoneId);
      const now = clock.now();
      let after = queue;
      const queues = changes.map(({ events, rules }) => {
        after = queueAfter(after, events, rules, now);
        return after;
      });
      if (after === queue) return queues;
      const state = JSON.stringify(after);
      if (await changeQueue(this.redis, { region, zoneId, expectedVersion: version, state, ttlMs: DAY_MS }))
        return queues;
    }
  }

  async #load(region: string, zoneId: string): Promise<{ queue: Queue; version: number }> {
    const [version, state] = await this.redis.hmget(keys.zoneQueue(region, zoneId), 'version', 'state');
    return { queue: queueOf(state ?? null), version: Number(version ?? 0) };
  }
}

/** Returns a stored queue; one that is unreadable begins again, because it must not stop the drivers. */
function queueOf(state: string | null): Queue {
  try {
    const queue: Queue | null = state === null ? null : JSON.parse(state);
    return Array.isArray(queue?.places) && Array.isArray(queue.departures) ? queue : EMPTY_QUEUE;
  } catch {
    return EMPTY_QUEUE;
  }
}
