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
 * Takes events; they count as done when the promise resolves, and come again when it rejects.
 * `again` when they may have been handled before, by this processor or by one that died.
 */
export type EventHandler = (events: DriverEvent[], again: boolean) => Promise<void>;

const MAX_ENTRIES = 100;
const BLOCK_MS = 1_000;
/** How long an entry may be in the hands of a processor before another takes it over. */
const TAKE_OVER_MS = 3_000;
const HOUSEKEEPING_MS = 2_000;
const RETRY_MS = 200;
const MAX_PAUSE_MS = 15;

export type FixReaderOptions = {
  consumer: string;
  partition: number;
  /** whether this partition falls to this processor, as far as it knows its peers */
  mine: () => boolean;
  handle: EventHandler;
  /** an entry that holds no events; it counts as done */
  onUnreadable: (entryId: string, error: Error) => void;
  onError: (error: Error) => void;
};

/** A processor's end of one partition of the fix stream. */
export class FixReader {
  readonly #key: string;
  readonly #lease: Lease;
  #keptUntil = 0;

  /**
   * @param redis for short commands
   * @param blocking a connection of its own: a waiting read holds up everything behind it
   */
  constructor(
    private readonly redis: RedisClient,
    private readonly blocking: RedisClient,
    private readonly options: FixReaderOptions,
  ) {
    this.#key = keys.fixes(options.partition);
    this.#lease = new Lease(redis, keys.reader(options.partition), options.consumer);
  }

  /** Reads until the signal aborts, whenever it is this processor's turn. */
  async run(signal: AbortSignal): Promise<void> {
    let recovered = false;
    while (!signal.aborted) {
      try {
        const turn = this.options.mine() ? await this.#lease.hold() : 'not held';
        if (turn === 'not held') {
          await this.#lease.release();
          await sleep(RETRY_MS);
          continue;
        }
        if (turn === 'taken' || !recovered) {
          await this.#recover();
          recovered = true;
        }
        await this.#keepHouse();
        const readAt = performance.now();
        const handled = await this.#handle(await this.#read('>'), false);
        const pauseMs = pauseAfterMs(handled, MAX_PAUSE_MS) - (performance.now() - readAt);
        if (pauseMs >= 1) await sleep(pauseMs);
      } catch (error) {
        if (signal.aborted) break;
        // After an error anything may be pending, or the stream be gone with a Redis that lost its data.
        recovered = false;
        this.options.onError(error as Error);
        await sleep(RETRY_MS);
      }
    }
    await this.#lease.release().catch(this.options.onError);
  }

  /** What was read and not finished, by this processor or by the one before it, comes first. */
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

  /** @returns how many events there were */
  async #handle(entries: Entry[], again: boolean): Promise<number> {
    if (entries.length === 0) return 0;
    const events: DriverEvent[] = [];
    for (const entry of entries) for (const event of this.#eventsOf(entry)) events.push(event);
    await this.options.handle(events, again);
    await this.redis.xack(this.#key, GROUP, ...entries.map(([id]) => id));
    return events.length;
  }

  #eventsOf([id, fields]: Entry): DriverEvent[] {
    // An entry that was trimmed while pending comes without fields.
    if (fields?.[0] !== FIELD) return [];
    try {
      return unpackEvents(fields[1]!, orderOf(id));
    } catch (error) {
      this.options.onUnreadable(id, error as Error);
      return [];
    }
  }

  /** Takes over what a stalled processor left, and drops what everyone has finished. */
  async #keepHouse(): Promise<void> {
    const now = Date.now();
    if (now < this.#keptUntil) return;
    this.#keptUntil = now + HOUSEKEEPING_MS;
    if (await this.#claim(TAKE_OVER_MS)) await this.#finishPending();
    await this.#trim();
  }

  /** Makes entries its own that have been in other hands for so long. @returns whether there were any */
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
