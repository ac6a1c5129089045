import { randomUUID } from 'node:crypto';
import type { RedisClient } from './redis.js';
import { keepPartition, type Taken, takePartition } from './scripts/stream.js';

/**
 * Longer than a renewal interval, a blocking read and the handling of a batch together. A processor that takes over from
 * one that died waits for this time.
 */
const TTL_MS = 3_000;
const RENEW_MS = 500;
/** Interval between commits: what lies between two of them is handled again after a crash, and counts as unfinished before. */
const COMMIT_MS = 50;
/** Factor by which the shortest round trip counts as longer at each later one: a Redis may become more distant. */
const FORGETTING = 1.01;

/**
 * Lease on one partition of the fix stream, and the cursor that only its holder moves.
 *
 * - The cursor never passes an entry that is not stored, published to the followers of its driver and decided by the zones, so
 *   no event is lost, wherever a processor is killed. Frames of cells are not included: they leave with the next tick, and
 *   those of one tick are lost with a processor that is killed before it.
 * - A holder that was stalled until another took the lease moves nothing: the script that commits the cursor compares the
 *   holder, which is a different one for each run of a process, also under the same name.
 * - The lease keeps a driver's pushes in order and makes conflicts rare. The index does not depend on it.
 */
export class PartitionLease {
  readonly #holder: string;
  /** time before the last renewal was sent, by performance.now(): Redis ends the lease no earlier than this side assumes */
  #renewedAt: number | null = null;
  #writtenAt = 0;
  /** entry to commit */
  #finishedTo: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;
  #roundTripMs = Number.POSITIVE_INFINITY;

  constructor(
    private readonly redis: RedisClient,
    private readonly partition: number,
    name: string,
  ) {
    this.#holder = `${randomUUID()} ${name}`;
  }

  get isHeld(): boolean {
    return this.#renewedAt !== null && performance.now() - this.#renewedAt < TTL_MS;
  }

  /** Shortest of the last hundreds of round trips, about, ms: the others may have waited for a busy process. */
  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** Takes the lease, also if this process holds it already. @returns where to continue; null if another holds it */
  async take(): Promise<Taken | null> {
    if (this.#finishedTo !== null && this.isHeld) await this.#write();
    await this.#writing;
    this.#finishedTo = null;
    const now = performance.now();
    const taken = await takePartition(this.redis, this.#key(TTL_MS));
    this.#noteRoundTrip(now);
    this.#renewedAt = taken === null ? null : now;
    return taken;
  }

  /** Renews the lease if it is time to, without waiting: a round trip may take long. A renewal that fails is repeated. */
  renew(): void {
    if (performance.now() - this.#writtenAt >= RENEW_MS) void this.#write();
  }

  /** Notes that all entries up to this one are finished; commits it soon. */
  finished(entryId: string): void {
    this.#finishedTo = entryId;
    if (this.#writing === null) this.#schedule();
  }

  /** Commits the cursor and ends the lease, if this process holds it. */
  async release(): Promise<void> {
    await this.#writing;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#renewedAt === null) return;
    this.#renewedAt = null;
    const finishedTo = this.#finishedTo;
    this.#finishedTo = null;
    await keepPartition(this.redis, { ...this.#key(0), finishedTo });
  }

  #schedule(): void {
    const waitMs = Math.max(0, this.#writtenAt + COMMIT_MS - performance.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#write();
    }, waitMs);
  }

  /** Renews the lease and commits the cursor. One at a time: what is finished meanwhile is committed next. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeNow().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #writeNow(): Promise<void> {
    const finishedTo = this.#finishedTo;
    this.#finishedTo = null;
    this.#writtenAt = performance.now();
    const sentAt = this.#writtenAt;
    try {
      const isHeld = await keepPartition(this.redis, { ...this.#key(TTL_MS), finishedTo });
      this.#renewedAt = isHeld ? sentAt : null;
      this.#noteRoundTrip(sentAt);
      if (this.#finishedTo !== null) this.#schedule();
    } catch {
      // The next renewal commits it.
      this.#finishedTo ??= finishedTo;
    }
  }

  #noteRoundTrip(sentAt: number): void {
    this.#roundTripMs = Math.min(performance.now() - sentAt, this.#roundTripMs * FORGETTING);
  }

  #key(ttlMs: number) {
    return { partition: this.partition, holder: this.#holder, ttlMs };
  }
}
