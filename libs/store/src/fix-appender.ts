import { ProtocolError } from '#protocol';
import {
  type DriverEvent,
  FIELD,
  type Progress,
  packEvents,
  partitionOf,
  pauseAfterMs,
  progressOf,
} from './fix-stream.js';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

type Options = { partitions: number; flushMs: number; maxBacklog: number };

/** Maximum number of events that wait for Redis, per partition; reached only if Redis does not respond. */
const MAX_WAITING = 50_000;
const MAX_PAUSE_MS = 10;

/**
 * Writes to the fix stream, for gateways. The events of a few milliseconds share one stream entry: the first event after a
 * pause is sent at once, later ones are batched.
 */
export class FixAppender {
  readonly #partitions: Partition[];
  readonly #options: Options;

  constructor(redis: RedisClient, options: Options) {
    this.#options = options;
    this.#partitions = Array.from(
      { length: options.partitions },
      (_, index) => new Partition(redis, index, options),
    );
  }

  /** Appends events; resolves when Redis has stored them. @throws {ProtocolError} UNAVAILABLE if it has not */
  append(driverId: string, events: DriverEvent[]): Promise<void> {
    return this.#partitions[partitionOf(driverId, this.#options.partitions)]!.append(events);
  }

  /** Measures the progress in each partition. While a backlog is too large, appends to its partition are refused. */
  measure(): Promise<Progress[]> {
    return Promise.all(this.#partitions.map((partition) => partition.measure()));
  }
}

class Partition {
  readonly #redis: RedisClient;
  readonly #index: number;
  readonly #key: string;
  readonly #options: Options;
  #waiting: DriverEvent[] = [];
  #flush: Promise<void> | null = null;
  /** by performance.now(), because the system clock may be adjusted */
  #nextFlushAt = 0;
  #inFlight = 0;
  #full = false;

  constructor(redis: RedisClient, index: number, options: Options) {
    this.#redis = redis;
    this.#index = index;
    this.#key = keys.fixes(index);
    this.#options = options;
  }

  append(events: DriverEvent[]): Promise<void> {
    if (this.#full || this.#waiting.length + this.#inFlight > MAX_WAITING)
      return Promise.reject(new ProtocolError('UNAVAILABLE', 'The backlog of fixes is full'));
    for (const event of events) this.#waiting.push(event);
    this.#flush ??= new Promise((resolve, reject) => {
      const waitMs = this.#nextFlushAt - performance.now();
      const send = () => this.#send().then(resolve, reject);
      if (waitMs > 0) setTimeout(send, waitMs);
      else setImmediate(send);
    });
    return this.#flush;
  }

  async measure(): Promise<Progress> {
    const progress = await progressOf(this.#redis, this.#index);
    this.#full = progress.backlog > this.#options.maxBacklog;
    return progress;
  }

  async #send(): Promise<void> {
    const events = this.#waiting;
    this.#waiting = [];
    this.#flush = null;
    this.#nextFlushAt =
      performance.now() + Math.max(this.#options.flushMs, pauseAfterMs(events.length, MAX_PAUSE_MS));
    this.#inFlight += events.length;
    try {
      await this.#redis.xadd(this.#key, '*', FIELD, packEvents(events));
    } catch {
      throw new ProtocolError('UNAVAILABLE');
    } finally {
      this.#inFlight -= events.length;
    }
  }
}
