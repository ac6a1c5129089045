import { ProtocolError } from '#protocol';
import { type DriverEvent, FIELD, type Progress, packEvents, partitionOf, progressOf } from './fix-stream.js';
import { keys } from './keys.js';
import { Pacing } from './pacing.js';
import type { RedisClient } from './redis.js';
import { waitForReplicas } from './replication.js';
import { reportStoreFailure } from './store-failure.js';

type Options = {
  partitions: number;
  maxBacklog: number;
  /** replicas that must have an event before it counts as stored; 0 does not ask */
  waitReplicas?: number;
};

/** Maximum number of events that wait for Redis, per partition; reached only if Redis does not respond. */
const MAX_WAITING = 50_000;

/**
 * Writes to the fix stream, for gateways. The events of a few milliseconds share one stream entry, how many depends on the
 * rate of events: see {@link Pacing}.
 */
export class FixAppender {
  readonly #partitions: Partition[];
  readonly #options: Options;

  /** @param appending connection for appends, if they wait for replicas: that delays every command behind them */
  constructor(redis: RedisClient, options: Options, appending: RedisClient = redis) {
    this.#options = options;
    this.#partitions = Array.from(
      { length: options.partitions },
      (_, index) => new Partition(redis, appending, index, options),
    );
  }

  /**
   * Appends events; resolves when Redis has stored them, on as many replicas as configured.
   * @throws {ProtocolError} UNAVAILABLE if it has not, or not on all of these replicas
   */
  append(driverId: string, events: DriverEvent[]): Promise<void> {
    return this.#partitions[partitionOf(driverId, this.#options.partitions)]!.append(events);
  }

  /** Events a second that were appended lately. */
  get eventsPerS(): number {
    const now = performance.now();
    return this.#partitions.reduce((sum, { pacing }) => sum + pacing.perS(now), 0);
  }

  /** Why appends are refused although Redis answers, as {@link measure} found it last; null if they are not. */
  get problem(): string | null {
    return this.#partitions.find(({ problem }) => problem !== null)?.problem ?? null;
  }

  /** Measures the progress in each partition. While a backlog is too large, appends to its partition are refused. */
  measure(): Promise<Progress[]> {
    return Promise.all(this.#partitions.map((partition) => partition.measure()));
  }
}

class Partition {
  readonly #redis: RedisClient;
  readonly #appending: RedisClient;
  readonly #index: number;
  readonly #key: string;
  readonly #options: Options;
  #waiting: DriverEvent[] = [];
  #flush: Promise<void> | null = null;
  /** by performance.now(), because the system clock may be adjusted */
  readonly pacing = new Pacing();
  #inFlight = 0;
  #full = false;
  #last: Promise<void> = Promise.resolve();
  problem: string | null = null;

  constructor(redis: RedisClient, appending: RedisClient, index: number, options: Options) {
    this.#redis = redis;
    this.#appending = appending;
    this.#index = index;
    this.#key = keys.fixes(index);
    this.#options = options;
  }

  append(events: DriverEvent[]): Promise<void> {
    if (this.#full || this.#waiting.length + this.#inFlight > MAX_WAITING)
      return Promise.reject(new ProtocolError('UNAVAILABLE', 'The backlog of fixes is full'));
    for (const event of events) this.#waiting.push(event);
    this.#flush ??= new Promise((resolve, reject) => {
      const waitMs = this.pacing.waitMs(performance.now());
      const send = () => this.#send().then(resolve, reject);
      if (waitMs > 0) setTimeout(send, waitMs);
      else setImmediate(send);
    });
    return this.#flush;
  }

  async measure(): Promise<Progress> {
    const progress = await progressOf(this.#redis, this.#index);
    this.#full = progress.backlog > this.#options.maxBacklog;
    this.problem = await this.#replicated().then(
      () => null,
      (error: Error) => error.message,
    );
    return progress;
  }

  async #replicated(): Promise<void> {
    const { waitReplicas = 0 } = this.#options;
    if (waitReplicas > 0) await waitForReplicas(this.#appending, [this.#key], waitReplicas);
  }

  async #send(): Promise<void> {
    // While one batch waits for replicas, the next one gathers: many that wait would add up their time-outs.
    if (this.#options.waitReplicas) await this.#last.catch(() => {});
    this.#last = this.#sendNow();
    await this.#last;
  }

  async #sendNow(): Promise<void> {
    const events = this.#waiting;
    this.#waiting = [];
    this.#flush = null;
    this.pacing.sent(events.length, performance.now());
    this.#inFlight += events.length;
    try {
      await this.#appending.xadd(this.#key, '*', FIELD, packEvents(events));
      await this.#replicated();
    } catch (error) {
      // Never STORE_FORBIDDEN: driver apps keep the fixes until an operator has repaired Redis.
      reportStoreFailure(error);
      throw new ProtocolError('UNAVAILABLE', this.problem ?? undefined);
    } finally {
      this.#inFlight -= events.length;
    }
  }
}
