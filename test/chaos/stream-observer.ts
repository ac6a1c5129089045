import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { FIELD, unpackEvents } from '../../libs/store/src/fix-stream.js';
import { keys } from '../../libs/store/src/keys.js';
import type { Heard } from './apps.js';

type Reply = Array<[key: string, entries: Array<[id: string, fields: string[]]>]> | null;

/** Fixes by driver and time. */
export class FixSet {
  readonly #times = new Map<string, Set<number>>();

  add(driverId: string, t: number): void {
    const times = this.#times.get(driverId) ?? new Set();
    this.#times.set(driverId, times.add(t));
  }

  has(driverId: string, t: number): boolean {
    return this.#times.get(driverId)?.has(t) ?? false;
  }
}

/** Reads the whole fix stream along, outside the processors' group, so that trimming takes nothing from it. */
export class StreamObserver {
  readonly #fixes = new FixSet();
  readonly #redis: Redis;
  readonly #last: Map<string, string>;
  #stopped = false;

  constructor(url: string, partitions: number) {
    this.#redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
    this.#redis.on('error', () => {});
    this.#last = new Map(Array.from({ length: partitions }, (_, partition) => [keys.fixes(partition), '0']));
    void this.#follow();
  }

  /** @returns how many fixes of a driver that were acked since then, epoch ms, were never in the stream */
  missing({ id, acked }: { id: string; acked: Heard[] }, since: number): number {
    return acked.filter(({ t, at }) => at >= since && !this.#fixes.has(id, t)).length;
  }

  stop(): void {
    this.#stopped = true;
    this.#redis.disconnect();
  }

  async #follow(): Promise<void> {
    while (!this.#stopped) {
      try {
        const streams = [...this.#last.keys(), ...this.#last.values()];
        const reply = (await this.#redis.xread('COUNT', 1_000, 'BLOCK', 500, 'STREAMS', ...streams)) as Reply;
        for (const [key, entries] of reply ?? []) this.#note(key, entries);
      } catch {
        await sleep(50);
      }
    }
  }

  #note(key: string, entries: Array<[id: string, fields: string[]]>): void {
    for (const [, fields] of entries) noteFixes(this.#fixes, fields);
    this.#last.set(key, entries.at(-1)![0]);
  }
}

/** Adds the fixes of one entry. */
export function noteFixes(into: FixSet, fields: string[]): void {
  if (fields[0] !== FIELD) return;
  for (const event of unpackEvents(fields[1]!, 0)) if ('fix' in event) into.add(event.driverId, event.fix.t);
}
