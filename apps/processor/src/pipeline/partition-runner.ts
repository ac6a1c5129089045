import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Metrics, NODE, REDIS, repeatedly } from '#ops';
import { HOUR_MS } from '#protocol';
import {
  clock,
  connect,
  FixReader,
  FleetIndex,
  isOfData,
  Nodes,
  type RedisClient,
  TrackPruner,
} from '#store';
import { CellBroadcaster } from '../broadcast/cell-broadcaster.js';
import { SamplingController } from '../sampling/sampling-controller.js';
import { SweepPlan } from '../sweep/sweep-plan.js';
import { Sweeper } from '../sweep/sweeper.js';
import { createBatchHandler } from './batch-handler.js';
import { Processor } from './processor.js';

const SWEEP_INTERVAL_MS = 1_000;
/** The partitions of a processor that stops are without a reader for so long at most. */
const PEERS_INTERVAL_MS = 250;
const REGIONS_INTERVAL_MS = 60_000;
/** Age at which an empty region is forgotten; no write takes that long. */
const REGION_RETENTION_MS = HOUR_MS;
const SAMPLING_INTERVAL_MS = 250;
const PRUNE_INTERVAL_MS = 1_000;
/** Gap between two clock checks that means the process was suspended or the clock was set: fixes may have been missed. */
const STALLED_MS = 2_500;

/** Runs the loops of a processor until shutdown: reads its partitions, publishes ticks, sweeps. */
@Injectable()
export class PartitionRunner implements OnApplicationShutdown {
  readonly #logger = new Logger('partitions');
  readonly #stop = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #loops: Promise<void>[] = [];
  readonly #blocking: RedisClient[] = [];
  readonly #readers: FixReader[] = [];
  readonly #plan: SweepPlan;
  #processors: string[];
  /** no driver counts as silent before this time; epoch ms */
  #graceUntil: number;
  #checkedAt = clock.now();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(NODE) private readonly node: string,
    @Inject(REDIS) private readonly redis: RedisClient,
    private readonly processor: Processor,
    private readonly cellBroadcaster: CellBroadcaster,
    private readonly index: FleetIndex,
    private readonly sweeper: Sweeper,
    private readonly pruner: TrackPruner,
    private readonly sampling: SamplingController,
    private readonly metrics: Metrics,
  ) {
    this.#processors = [node];
    this.#plan = new SweepPlan(config.silentMs);
    this.#graceUntil = clock.now() + config.silentMs;
    metrics.countPartitions(() => this.#readers.filter(({ isReading }) => isReading).length);
  }

  async start(): Promise<void> {
    await this.#updatePeers();
    for (let partition = 0; partition < this.config.partitions; partition += 1) this.#read(partition);
    this.#every(this.config.tickMs, () =>
      this.cellBroadcaster.flush(Math.floor(clock.now() / this.config.tickMs)),
    );
    this.#every(SWEEP_INTERVAL_MS, () => this.#sweep());
    this.#every(REGIONS_INTERVAL_MS, () => this.index.forgetRegions(clock.now() - REGION_RETENTION_MS));
    this.#every(PRUNE_INTERVAL_MS, () => this.#prune());
    this.#every(PEERS_INTERVAL_MS, () => this.#updatePeers());
    this.#every(SAMPLING_INTERVAL_MS, () => this.sampling.runPass(clock.now()));
    this.#timers.push(setInterval(() => this.#checkClock(clock.now()), SAMPLING_INTERVAL_MS));
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers) clearInterval(timer);
    for (const blocking of this.#blocking) blocking.disconnect();
    await Promise.all(this.#loops);
    // The changes of the last batches have not been published to cells yet.
    await this.cellBroadcaster.flush(Math.floor(clock.now() / this.config.tickMs)).catch(() => {});
  }

  #read(partition: number): void {
    const onError = (error: Error) => this.#storeFailed(error);
    const blocking = connect(this.config.redisUrl!, 'waiting', onError, this.config.prefix);
    const reader = new FixReader(this.redis, blocking, {
      name: this.node,
      partition,
      mine: () => this.#isMine(partition),
      handle: createBatchHandler(this.processor, (items, error) => this.#quarantine(items, error)),
      flush: () => this.processor.flush(),
      onUnreadable: (entryId, error) => {
        this.metrics.quarantined.inc();
        this.#logger.error(`Quarantined entry ${entryId} of partition ${partition}: ${error.message}`);
      },
      onError,
    });
    this.#blocking.push(blocking);
    this.#readers.push(reader);
    this.#loops.push(reader.run(this.#stop.signal));
  }

  /** One reader per partition keeps a driver's pushes in order. This is best effort: two may read one for a while. */
  async #updatePeers(): Promise<void> {
    const alive = await new Nodes(this.redis).alive(clock.now());
    const processors = alive.filter(({ role }) => role === 'processor').map(({ node }) => node);
    this.#processors = [...new Set([...processors, this.node])].sort();
  }

  async #sweep(): Promise<void> {
    const now = clock.now();
    this.#checkClock(now);
    // After a start or an outage every driver gets the full time again: fixes that could not arrive are no silence.
    if (now < this.#graceUntil) return;
    const regions = await this.index.regionsWritten();
    this.#plan.keep(regions);
    for (const [i, region] of [...regions.keys()].sort().entries())
      if (this.#isMine(i) && this.#plan.isDue(region, regions.get(region)!, now))
        await this.#orLogged(this.#sweepRegion(region, now));
  }

  async #sweepRegion(region: string, now: number): Promise<void> {
    await this.sweeper.sweep(region, now);
    this.#plan.swept(region, now);
  }

  /** Drops old tracks while Redis is nearly full: they are the only data that others can do without. */
  async #prune(): Promise<void> {
    if (!this.#isMine(0)) return;
    const pruned = await this.pruner.run();
    if (pruned === null) return;
    this.metrics.tracksDropped.inc(pruned.lists);
    this.#logger.warn(
      `Redis is nearly full: dropped ${pruned.lists} hours of tracks, up to the hour of ${new Date(pruned.upTo).toISOString()}`,
    );
  }

  #checkClock(now: number): void {
    if (Math.abs(now - this.#checkedAt) > STALLED_MS) this.#graceUntil = now + this.config.silentMs;
    this.#checkedAt = now;
  }

  /** Whether a share of the work belongs to this processor: shares are divided among the live processors, by name. */
  #isMine(share: number): boolean {
    return this.#processors[share % this.#processors.length] === this.node;
  }

  #every(intervalMs: number, work: () => Promise<void>): void {
    const run = () => this.#orLogged(work()).catch((error: unknown) => this.#storeFailed(error as Error));
    this.#timers.push(repeatedly(intervalMs, run));
  }

  #quarantine(items: Array<{ driverId: string }>, error: Error): void {
    this.metrics.quarantined.inc(items.length);
    this.#logger.error(
      `Quarantined ${items.length} event(s) of driver ${items[0]!.driverId}: ${error.message}`,
    );
  }

  /** Logs an error that lies in the data of some drivers, so that it does not postpone the sweep of all others. */
  async #orLogged(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!isOfData(error)) throw error;
      this.#logger.error((error as Error).message);
    }
  }

  /** Postpones the sweep: fixes may be missing from here on. */
  #storeFailed(error: Error): void {
    this.#graceUntil = clock.now() + this.config.silentMs;
    this.metrics.storeErrors.inc();
    this.#logger.warn(error.message);
  }
}
