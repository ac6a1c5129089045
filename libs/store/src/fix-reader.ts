import { setTimeout as sleep } from 'node:timers/promises';
import { type BatchHandler, BatchQueue, type Entry } from './batch-queue.js';
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

type StreamReply = Array<[key: string, entries: Entry[]]> | null;

/** Entries per read: doubled after each full read, because the reader is behind then. */
const MIN_ENTRIES = 100;
const MAX_ENTRIES = 2_000;
/** Time that all reads in flight block together at most. */
const BLOCK_MS = 1_000;
/** Interval between reads that a distant Redis receives: so many are in flight during a round trip. */
const READ_INTERVAL_MS = 20;
const MAX_READS = 16;
/** Idle time after which another consumer may claim a pending entry. */
const CLAIM_IDLE_MS = 3_000;
const HOUSEKEEPING_MS = 2_000;
const RETRY_MS = 200;
/** Interval at which a partition that should be read here is taken over once its reader has released it. */
const TAKE_OVER_MS = 50;
const FULL_MS = 20;
const MAX_PAUSE_MS = 15;
/** Round trips that are remembered, one at each housekeeping. */
const MEASURED = 5;

export type FixReaderOptions = {
  consumer: string;
  partition: number;
  /** whether this partition is assigned to this processor, given the peers that it knows */
  mine: () => boolean;
  handle: BatchHandler;
  /** called for an entry that cannot be parsed; it is acknowledged */
  onUnreadable: (entryId: string, error: Error) => void;
  onError: (error: Error) => void;
};

/** Reads one partition of the fix stream, for processors, in a consumer group. */
export class FixReader {
  readonly #key: string;
  readonly #lease: Lease;
  readonly #queue: BatchQueue;
  readonly #reads: Promise<Entry[]>[] = [];
  /** number of reads to have in flight */
  #depth = 1;
  #roundTrips: number[] = [];
  #entriesPerRead = MIN_ENTRIES;
  #recovered = false;
  #nextHousekeepingAt = 0;
  #mustClaim = false;

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
    this.#queue = new BatchQueue(options.handle, (ids) => this.redis.xack(this.#key, GROUP, ...ids));
    // Redis may have delivered entries in a reply that was lost; the reads themselves are sent again.
    blocking.on('close', () => {
      this.#recovered = false;
    });
  }

  /** Reads until the signal aborts, while this processor is assigned the partition and holds its lease. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const lease = this.options.mine() ? await this.#lease.hold() : 'not held';
        if (lease === 'not held') {
          await this.#settle();
          await this.#lease.release();
          this.#recovered = false;
          await sleep(TAKE_OVER_MS);
          continue;
        }
        if (lease === 'taken' || !this.#recovered) await this.#recover();
        await this.#housekeep();
        if (this.#queue.hasRoom) await this.#readOn();
        else await sleep(FULL_MS);
      } catch (error) {
        if (signal.aborted) break;
        // After an error, entries may be pending, or Redis may have lost the stream.
        this.#recovered = false;
        this.options.onError(error as Error);
        await sleep(RETRY_MS);
      }
    }
    await this.#settle();
    await this.#lease.release().catch(this.options.onError);
  }

  /**
   * Reads the next entries. With a Redis nearby one read follows the other, after a pause to gather more if there were many;
   * a distant one always has the next read already, and replies as soon as there are entries.
   */
  async #readOn(): Promise<void> {
    const readAt = performance.now();
    while (this.#reads.length < this.#depth) this.#readAhead();
    const entries = await this.#reads.shift()!;
    this.#entriesPerRead =
      entries.length < this.#entriesPerRead
        ? MIN_ENTRIES
        : Math.min(2 * this.#entriesPerRead, Math.max(MIN_ENTRIES, Math.floor(MAX_ENTRIES / this.#depth)));
    const events = this.#eventsOf(entries);
    this.#queue.push(entries, events);
    if (this.#depth > 1) return;
    const pauseMs = pauseAfterMs(events.length, MAX_PAUSE_MS) - (performance.now() - readAt);
    if (pauseMs >= 1) await sleep(pauseMs);
  }

  #readAhead(): void {
    const read = this.#read('>');
    // Awaited in its turn, which may come after it failed.
    read.catch(() => {});
    this.#reads.push(read);
  }

  /** Waits until nothing is being read or handled. Entries that are not handled stay unacknowledged. */
  async #settle(): Promise<void> {
    for (const reply of await Promise.allSettled(this.#reads.splice(0)))
      if (reply.status === 'fulfilled') this.#queue.push(reply.value, this.#eventsOf(reply.value));
    await this.#queue.settle();
  }

  /** Handles unacknowledged entries first, those of this processor and of the previous holder of the lease. */
  async #recover(): Promise<void> {
    this.#recovered = true;
    await this.#settle();
    await this.#ensureGroup();
    await this.#claim(0);
    await this.#finishPending();
  }

  async #finishPending(): Promise<void> {
    for (let entries = await this.#read('0'); entries.length > 0; entries = await this.#read('0')) {
      const publish = await this.options.handle(this.#eventsOf(entries), true);
      await publish();
      await this.redis.xack(this.#key, GROUP, ...entries.map(([id]) => id));
      await this.#lease.hold();
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
        from === '0' ? MIN_ENTRIES : this.#entriesPerRead,
        'BLOCK',
        Math.ceil(BLOCK_MS / this.#depth),
        'STREAMS',
        this.#key,
        from,
      ] as const),
    )) as StreamReply;
    return reply?.[0]?.[1] ?? [];
  }

  #eventsOf(entries: Entry[]): DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const [id, fields] of entries) {
      // An entry that was trimmed while it was pending has no fields.
      if (fields?.[0] !== FIELD) continue;
      try {
        for (const event of unpackEvents(fields[1]!, orderOf(id))) events.push(event);
      } catch (error) {
        this.options.onUnreadable(id, error as Error);
      }
    }
    return events;
  }

  /** Claims entries of a stalled processor, and trims entries that are acknowledged. Looks for both without waiting. */
  async #housekeep(): Promise<void> {
    if (this.#mustClaim) {
      this.#mustClaim = false;
      // Otherwise it would claim the entries that are being handled here, too.
      await this.#settle();
      if (await this.#claim(CLAIM_IDLE_MS)) await this.#finishPending();
    }
    const now = Date.now();
    if (now < this.#nextHousekeepingAt) return;
    this.#nextHousekeepingAt = now + HOUSEKEEPING_MS;
    this.#trim().catch(this.options.onError);
  }

  /** Claims entries that have been pending for at least `idleMs`. @returns whether there were any */
  async #claim(idleMs: number): Promise<boolean> {
    let claimed = false;
    for (let from = '0-0'; ; ) {
      const [next, ids] = (await this.redis.xautoclaim(
        ...([this.#key, GROUP, this.options.consumer, idleMs, from, 'COUNT', MIN_ENTRIES, 'JUSTID'] as const),
      )) as [string, string[]];
      claimed ||= ids.length > 0;
      if (next === '0-0') return claimed;
      from = next;
    }
  }

  async #trim(): Promise<void> {
    const askedAt = performance.now();
    const [{ finishedBefore }, consumers] = await Promise.all([
      progressOf(this.redis, this.options.partition),
      this.redis.xinfo('CONSUMERS', this.#key, GROUP) as Promise<unknown[][]>,
    ]);
    this.#noteRoundTrip(performance.now() - askedAt);
    this.#mustClaim = consumers.some(
      (fields) =>
        field(fields, 'name') !== this.options.consumer &&
        Number(field(fields, 'pending')) > 0 &&
        Number(field(fields, 'idle')) >= CLAIM_IDLE_MS,
    );
    if (finishedBefore !== null) await this.redis.xtrim(this.#key, 'MINID', '~', finishedBefore);
  }

  /** Sets the number of reads in flight by the shortest of the last round trips: the others may have waited for this process. */
  #noteRoundTrip(ms: number): void {
    this.#roundTrips = [...this.#roundTrips.slice(1 - MEASURED), ms];
    this.#depth = Math.min(MAX_READS, Math.ceil(Math.min(...this.#roundTrips) / READ_INTERVAL_MS));
  }
}

const field = (fields: unknown[], name: string): unknown => fields[fields.indexOf(name) + 1];
