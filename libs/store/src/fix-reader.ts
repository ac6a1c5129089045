import { setTimeout as sleep } from 'node:timers/promises';
import { type Batch, type BatchHandler, BatchQueue } from './batch-queue.js';
import { type DriverEvent, FIELD, isAfter, orderOf, pauseAfterMs, unpackEvents } from './fix-stream.js';
import { keys } from './keys.js';
import { PartitionLease } from './partition-lease.js';
import { onDisconnect, type RedisClient } from './redis.js';

type Entry = [id: string, fields: string[]];
type StreamReply = Array<[key: string, entries: Entry[]]> | null;

const START = '0-0';
/** Entries per read: doubled after each full read, because the reader is behind then. */
const MIN_ENTRIES = 100;
const MAX_ENTRIES = 2_000;
const BLOCK_MS = 1_000;
const RETRY_MS = 200;
/** Interval at which a partition that should be read here is taken over once its reader has released it. */
const TAKE_OVER_MS = 50;
const FULL_MS = 20;
const MAX_PAUSE_MS = 15;
/** Interval between reads of a distant Redis, unless a round trip holds more than {@link MAX_AHEAD} of them. */
const READ_INTERVAL_MS = 20;
/** Reads of a distant Redis that are in flight at the same time. Each may bring again what those before it bring. */
const MAX_AHEAD = 4;

export type FixReaderOptions = {
  /** name of this processor */
  name: string;
  partition: number;
  /** whether this partition is assigned to this processor, given the peers that it knows */
  mine: () => boolean;
  handle: BatchHandler;
  /** called before the partition is left to another processor, or once it was lost: publishes what waits to be published */
  flush: () => void;
  /** called for an entry that cannot be parsed; it counts as finished */
  onUnreadable: (entryId: string, error: Error) => void;
  onError: (error: Error) => void;
};

/**
 * Reads one partition of the fix stream, for processors, under the {@link PartitionLease}. It reads ahead from a position of
 * its own while earlier batches are stored and published. Redis keeps the cursor, up to which entries are finished; whoever
 * takes the partition continues from there.
 *
 * No entry is skipped: each read names an entry that was read, and brings those that follow it without a gap. What arrives
 * after a connection has ended, or the lease, is dropped, and the partition is taken again: a failover may have taken back the
 * end of the stream, and another holder may have continued.
 */
export class FixReader {
  readonly #key: string;
  readonly #lease: PartitionLease;
  readonly #queue: BatchQueue;
  /** the last entry that was read */
  #readTo = START;
  /** entries up to this one may have been handled before */
  #mayBeReadTo = START;
  /** the time since the partition was taken; null when it has to be taken again */
  #tenure: object | null = null;
  #entriesPerRead = MIN_ENTRIES;
  /** whether anything was read since the last time ended */
  #hasRead = false;
  /** reads in flight that do not wait for entries */
  #ahead = 0;
  /** reads since the last one that brought something */
  #inVain = 0;
  #failure: Error | null = null;

  /**
   * @param redis for commands that return at once
   * @param blocking a separate connection: a blocking read delays every command behind it
   */
  constructor(
    redis: RedisClient,
    private readonly blocking: RedisClient,
    private readonly options: FixReaderOptions,
  ) {
    const { partition, name, handle } = options;
    this.#key = keys.fixes(partition);
    this.#lease = new PartitionLease(redis, partition, name);
    this.#queue = new BatchQueue(handle, (entryId) => this.#lease.finished(entryId));
    onDisconnect(blocking, () => {
      this.#tenure = null;
    });
  }

  /** Whether this processor reads the partition now. */
  get isReading(): boolean {
    return this.#tenure !== null && this.#lease.isHeld;
  }

  /** Reads until the signal aborts, while this processor is assigned the partition and holds its lease. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (!(await this.#hold())) await sleep(TAKE_OVER_MS);
        else if (this.#queue.hasRoom) await this.#readOn();
        else await sleep(FULL_MS);
      } catch (error) {
        if (signal.aborted) break;
        this.#tenure = null;
        this.options.onError(error as Error);
        await sleep(RETRY_MS);
      }
    }
    await this.#finish();
    await this.#lease.release().catch(this.options.onError);
  }

  /** Takes or keeps the partition, or gives it up. @returns whether this processor reads it */
  async #hold(): Promise<boolean> {
    if (this.options.mine()) {
      if (this.#tenure === null || !this.#lease.isHeld) return this.#take();
      this.#lease.renew();
      return true;
    }
    if (this.#tenure === null && !this.#lease.isHeld) return false;
    await this.#finish();
    await this.#lease.release();
    return false;
  }

  /**
   * Ends the time of this reader: batches in progress move the cursor, and must not be handled a second time at the same time.
   * Positions that wait are published before those of the next reader.
   */
  async #finish(): Promise<void> {
    this.#tenure = null;
    await this.#queue.settle();
    // Without need, it would end the conflation of what is read from other partitions.
    if (this.#hasRead) this.options.flush();
    this.#hasRead = false;
  }

  async #take(): Promise<boolean> {
    this.#failure = null;
    await this.#finish();
    const tenure = {};
    this.#tenure = tenure;
    const taken = await this.#lease.take();
    if (taken === null || this.#tenure !== tenure) return false;
    this.#readTo = taken.finishedTo;
    this.#mayBeReadTo = taken.mayBeReadTo;
    return true;
  }

  /**
   * Reads the next entries. With a Redis nearby one read follows the other, and waits for entries, after a pause to gather more
   * if there were many. A distant one always has some of the next reads already, which do not wait, while entries come.
   */
  async #readOn(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const readAt = performance.now();
    const { roundTripMs } = this.#lease;
    const ahead = Math.min(MAX_AHEAD, Math.ceil(roundTripMs / READ_INTERVAL_MS));
    if (ahead > 1 && this.#inVain <= 2 * ahead) {
      if (this.#ahead < 2 * ahead) void this.#readAhead();
      await sleep(roundTripMs / ahead);
      return;
    }
    const events = await this.#read('BLOCK', BLOCK_MS);
    const pauseMs = ahead > 1 ? 0 : pauseAfterMs(events, MAX_PAUSE_MS) - (performance.now() - readAt);
    if (pauseMs >= 1) await sleep(pauseMs);
  }

  /** Never rejects: a failure is thrown before the next read. */
  async #readAhead(): Promise<void> {
    this.#ahead += 1;
    this.#inVain += 1;
    const tenure = this.#tenure;
    await this.#read().catch((error: Error) => {
      if (this.#tenure === tenure) this.#failure = error;
    });
    this.#ahead -= 1;
  }

  /** Reads entries that follow those that were read, and begins to handle them. @returns the number of their events */
  async #read(...block: ['BLOCK', number] | []): Promise<number> {
    const tenure = this.#tenure;
    const count = this.#entriesPerRead;
    const position = ['STREAMS', this.#key, this.#readTo] as const;
    const reply = (await (block.length === 0
      ? this.blocking.xread('COUNT', count, ...position)
      : this.blocking.xread('COUNT', count, ...block, ...position))) as StreamReply;
    const read = reply?.[0]?.[1] ?? [];
    if (tenure === null || this.#tenure !== tenure || !this.#lease.isHeld) return 0;
    // Replies come in order, so only the beginning may have been read before.
    const entries = read.slice(countUpTo(this.#readTo, read));
    if (entries.length === 0) return 0;
    this.#inVain = 0;
    this.#hasRead = true;
    this.#readTo = entries.at(-1)![0];
    this.#entriesPerRead = read.length < count ? MIN_ENTRIES : Math.min(2 * count, MAX_ENTRIES);
    const repeated = countUpTo(this.#mayBeReadTo, entries);
    const batches = [
      ...this.#batchesOf(entries.slice(0, repeated), true),
      ...this.#batchesOf(entries.slice(repeated), false),
    ];
    for (const batch of batches) this.#queue.push(batch);
    return batches.reduce((sum, batch) => sum + batch.events.length, 0);
  }

  /** Few entries each, because an entry may have hundreds of events: the queue joins those that have few. */
  #batchesOf(entries: Entry[], redelivered: boolean): Batch[] {
    const batches: Batch[] = [];
    for (let at = 0; at < entries.length; at += MIN_ENTRIES)
      batches.push(this.#batchOf(entries.slice(at, at + MIN_ENTRIES), redelivered));
    return batches;
  }

  #batchOf(entries: Entry[], redelivered: boolean): Batch {
    const events: DriverEvent[] = [];
    for (const [id, fields] of entries) {
      if (fields[0] !== FIELD) continue;
      try {
        for (const event of unpackEvents(fields[1]!, orderOf(id))) events.push(event);
      } catch (error) {
        this.options.onUnreadable(id, error as Error);
      }
    }
    return { lastId: entries.at(-1)![0], entries: entries.length, events, redelivered };
  }
}

/** Returns the number of entries that do not stand after `id`. */
function countUpTo(id: string, entries: Entry[]): number {
  const first = entries.findIndex(([entryId]) => isAfter(entryId, id));
  return first === -1 ? entries.length : first;
}
