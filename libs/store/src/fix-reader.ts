import { setTimeout as sleep } from 'node:timers/promises';
import { type DriverEvent, FIELD, GROUP, orderOf, progressOf, unpackEvents } from './fix-stream.js';
import { keys } from './keys.js';
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

export type FixReaderOptions = {
  consumer: string;
  partition: number;
  /** whether this processor should read now; an entry is never lost or wrong when two of them read */
  mine: () => boolean;
  handle: EventHandler;
  onError: (error: Error) => void;
};

/** A processor's end of one partition of the fix stream. */
export class FixReader {
  readonly #key: string;
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
  }

  /** Reads until the signal aborts. What was read before a crash comes first. */
  async run(signal: AbortSignal): Promise<void> {
    let recovered = false;
    while (!signal.aborted) {
      try {
        if (!recovered) {
          await this.#ensureGroup();
          while (await this.#handle(await this.#read('0'), true));
          recovered = true;
        }
        await this.#keepHouse();
        if (this.options.mine()) await this.#handle(await this.#read('>'), false);
        else await sleep(RETRY_MS);
      } catch (error) {
        if (signal.aborted) return;
        // After an error anything may be pending, or the stream be gone with a Redis that lost its data.
        recovered = false;
        this.options.onError(error as Error);
        await sleep(RETRY_MS);
      }
    }
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

  async #handle(entries: Entry[], again: boolean): Promise<boolean> {
    if (entries.length === 0) return false;
    const events: DriverEvent[] = [];
    // An entry that was trimmed while pending comes without fields.
    for (const [id, fields] of entries)
      if (fields?.[0] === FIELD)
        for (const event of unpackEvents(fields[1]!, orderOf(id))) events.push(event);
    await this.options.handle(events, again);
    await this.redis.xack(this.#key, GROUP, ...entries.map(([id]) => id));
    return true;
  }

  /** Takes over what a dead processor left, and drops what everyone has finished. */
  async #keepHouse(): Promise<void> {
    const now = Date.now();
    if (now < this.#keptUntil) return;
    this.#keptUntil = now + HOUSEKEEPING_MS;
    const [, entries] = (await this.redis.xautoclaim(
      ...([this.#key, GROUP, this.options.consumer, TAKE_OVER_MS, '0', 'COUNT', MAX_ENTRIES] as const),
    )) as [string, Entry[]];
    if (await this.#handle(entries, true)) this.#keptUntil = 0;
    await this.#trim();
  }

  async #trim(): Promise<void> {
    const { finishedBefore } = await progressOf(this.redis, this.options.partition);
    if (finishedBefore !== null) await this.redis.xtrim(this.#key, 'MINID', '~', finishedBefore);
  }
}
