import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DriverEvent,
  FIELD,
  GROUP,
  orderOf,
  pauseAfterMs,
  progressOf,
  unpackEvents,
} from './fix-stream.js';
import { keys } from './keys.js';
import { Lease } from './lease.js';
import type { RedisClient } from './redis.js';

type Entry = [id: string, fields: string[]];
type StreamReply = Array<[key: string, entries: Entry[]]> | null;

/**
 * Handles events. They are acknowledged when the promise resolves, and redelivered when it rejects.
 * @param redelivered whether this processor, or one that died, may have handled them before
 */
export type EventHandler = (events: DriverEvent[], redelivered: boolean) => Promise<void>;

const MAX_ENTRIES = 100;
const BLOCK_MS = 1_000;
/** Idle time after which another consumer may claim a pending entry. */
const CLAIM_IDLE_MS = 3_000;
const HOUSEKEEPING_MS = 2_000;
const RETRY_MS = 200;
const MAX_PAUSE_MS = 15;

export type FixReaderOptions = {
  consumer: string;
  partition: number;
  /** whether this partition is assigned to this processor, given the peers that it knows */
  mine: () => boolean;
  handle: EventHandler;
  /** called for an entry that cannot be parsed; it is acknowledged */
  onUnreadable: (entryId: string, error: Error) => void;
  onError: (error: Error) => void;
};

/** Reads one partition of the fix stream, for processors, in a consumer group. */
export class FixReader {
  readonly #key: string;
  readonly #lease: Lease;
  #nextHousekeepingAt = 0;

  /**
   * @param redis for commands that return at once
   * @param blocking a separate connection: a blocking read delays every command behind it
   */
  constructor(
    private readonly redis: RedisClient,
    private readonly blocking: RedisClient,
    private readonly options: FixReaderOptions,
  ) {
    this.#key = keys.fixes(options.partition);
    this.#lease = new Lease(redis, keys.reader(options.partition), options.consumer);
  }

  /** Reads until the signal aborts, while this processor is assigned the partition and holds its lease. */
  async run(signal: AbortSignal): Promise<void> {
    let recovered = false;
    while (!signal.aborted) {
      try {
        const lease = this.options.mine() ? await this.#lease.hold() : 'not held';
        if (lease === 'not held') {
          await this.#lease.release();
          await sleep(RETRY_MS);
          continue;
        }
        if (lease === 'taken' || !recovered) {
          await this.#recover();
          recovered = true;
        }
        await this.#housekeep();
        const readAt = performance.now();
        const handled = await this.#handle(await this.#read('>'), false);
        const pauseMs = pauseAfterMs(handled, MAX_PAUSE_MS) - (performance.now() - readAt);
        if (pauseMs >= 1) await sleep(pauseMs);
      } catch (error) {
        if (signal.aborted) break;
        // After an error, entries may be pending, or Redis may have lost the stream.
        recovered = false;
        this.options.onError(error as Error);
        await sleep(RETRY_MS);
      }
    }
    await this.#lease.release().catch(this.options.onError);
  }

  /** Handles unacknowledged entries first, those of this processor and of the previous holder of the lease. */
  async #recover(): Promise<void> {
    await this.#ensureGroup();
    await this.#claim(0);
    await this.#finishPending();
  }

  async #finishPending(): Promise<void> {
    for (let entries = await this.#read('0'); entries.length > 0; entries = await this.#read('0'))
      await this.#handle(entries, true);
  }

  async #ensureGroup(): Promise<void> {
    try {
      await this.redis.xgroup('CREATE', this.#key, GROUP, '0', 'MKSTREAM');
    } catch (error) {
      if (!(error as Error).message.startsWith('BUSYGROUP')) throw error;
    }
  }

  async #read(from: '0' | '>'): Promise<Entry[]> {
    const { consumer } = this.options;
    const reply = (await this.blocking.xreadgroup(
      ...([
        'GROUP',
        GROUP,
        consumer,
        'COUNT',
        MAX_ENTRIES,
        'BLOCK',
        BLOCK_MS,
        'STREAMS',
        this.#key,
        from,
      ] as const),
    )) as StreamReply;
    return reply?.[0]?.[1] ?? [];
  }

  /** @returns the number of events */
  async #handle(entries: Entry[], redelivered: boolean): Promise<number> {
    if (entries.length === 0) return 0;
    const events: DriverEvent[] = [];
    for (const entry of entries) for (const event of this.#eventsOf(entry)) events.push(event);
    await this.options.handle(events, redelivered);
    await this.redis.xack(this.#key, GROUP, ...entries.map(([id]) => id));
    return events.length;
  }

  #eventsOf([id, fields]: Entry): DriverEvent[] {
    // An entry that was trimmed while it was pending has no fields.
    if (fields?.[0] !== FIELD) return [];
    try {
      return unpackEvents(fields[1]!, orderOf(id));
    } catch (error) {
      this.options.onUnreadable(id, error as Error);
      return [];
    }
  }

  /** Claims entries of a stalled processor, and trims entries that are acknowledged. */
  async #housekeep(): Promise<void> {
    const now = Date.now();
    if (now < this.#nextHousekeepingAt) return;
    this.#nextHousekeepingAt = now + HOUSEKEEPING_MS;
    if (await this.#claim(CLAIM_IDLE_MS)) await this.#finishPending();
    await this.#trim();
  }

  /** Claims entries that have been pending for at least `idleMs`. @returns whether there were any */
  async #claim(idleMs: number): Promise<boolean> {
    let claimed = false;
    for (let from = '0-0'; ; ) {
      const [next, ids] = (await this.redis.xautoclaim(
        ...([this.#key, GROUP, this.options.consumer, idleMs, from, 'COUNT', MAX_ENTRIES, 'JUSTID'] as const),
      )) as [string, string[]];
      claimed ||= ids.length > 0;
      if (next === '0-0') return claimed;
      from = next;
    }
  }

  async #trim(): Promise<void> {
    const { finishedBefore } = await progressOf(this.redis, this.options.partition);
    if (finishedBefore !== null) await this.redis.xtrim(this.#key, 'MINID', '~', finishedBefore);
  }
}
