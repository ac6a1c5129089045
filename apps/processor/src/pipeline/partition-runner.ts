import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Metrics, NODE, REDIS, repeatedly } from '#ops';
import { connect, type DriverEvent, FixReader, FleetIndex, isOfData, Nodes, type RedisClient } from '#store';
import { CellBroadcaster } from '../broadcast/cell-broadcaster.js';
import { SamplingController } from '../sampling/sampling-controller.js';
import { Sweeper } from '../sweep/sweeper.js';
import { isolateFailures } from './isolate-failures.js';
import { Processor } from './processor.js';

const SWEEP_INTERVAL_MS = 1_000;
const PEERS_INTERVAL_MS = 1_000;
const REGIONS_INTERVAL_MS = 60_000;
/** No write takes so long. */
const REGION_KEPT_MS = 3_600_000;
const LOOK_INTERVAL_MS = 250;
/** Who last looked at the clock so long ago stood still, or the clock was set: drivers may have spoken in vain. */
const STALLED_MS = 2_500;

/** The loops of a processor: it reads its partitions, ticks and sweeps, until it is shut down. */
@Injectable()
export class PartitionRunner implements OnApplicationShutdown {
  readonly #logger = new Logger('reading');
  readonly #stop = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #loops: Promise<void>[] = [];
  readonly #blocking: RedisClient[] = [];
  #processors: string[];
  #deafUntil: number;
  #awakeAt = Date.now();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(NODE) private readonly node: string,
    @Inject(REDIS) private readonly redis: RedisClient,
    private readonly processor: Processor,
    private readonly cellBroadcaster: CellBroadcaster,
    private readonly index: FleetIndex,
    private readonly sweeper: Sweeper,
    private readonly sampling: SamplingController,
    private readonly metrics: Metrics,
  ) {
    this.#processors = [node];
    this.#deafUntil = Date.now() + config.silentMs;
  }

  async start(): Promise<void> {
    await this.#meetPeers();
    for (let partition = 0; partition < this.config.partitions; partition += 1) this.#read(partition);
    this.#every(this.config.tickMs, () =>
      this.cellBroadcaster.flush(Math.floor(Date.now() / this.config.tickMs)),
    );
    this.#every(SWEEP_INTERVAL_MS, () => this.#sweep());
    this.#every(REGIONS_INTERVAL_MS, () => this.index.forgetRegions(Date.now() - REGION_KEPT_MS));
    this.#every(PEERS_INTERVAL_MS, () => this.#meetPeers());
    this.#every(LOOK_INTERVAL_MS, () => this.sampling.look(Date.now()));
    this.#timers.push(setInterval(() => this.#awake(Date.now()), LOOK_INTERVAL_MS));
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers) clearInterval(timer);
    for (const blocking of this.#blocking) blocking.disconnect();
    await Promise.all(this.#loops);
    // What the last batches changed has not been told to watchers of cells yet.
    await this.cellBroadcaster.flush(Math.floor(Date.now() / this.config.tickMs)).catch(() => {});
  }

  #read(partition: number): void {
    const onError = (error: Error) => this.#unheard(error);
    const blocking = connect(this.config.redisUrl!, 'waiting', onError);
    const reader = new FixReader(this.redis, blocking, {
      consumer: this.node,
      partition,
      mine: () => this.#isMine(partition),
      handle: isolateFailures(
        (events, again) => this.processor.handle(events, again),
        (events, error) => this.#quarantine(events, error),
      ),
      onUnreadable: (entryId, error) => {
        this.metrics.quarantined.inc();
        this.#logger.error(`entry ${entryId} of partition ${partition} is set aside: ${error.message}`);
      },
      onError,
    });
    this.#blocking.push(blocking);
    this.#loops.push(reader.run(this.#stop.signal));
  }

  /** One reader per partition keeps a driver's pushes in order; that it is only one is a preference, not a promise. */
  async #meetPeers(): Promise<void> {
    const alive = await new Nodes(this.redis).alive(Date.now());
    const processors = alive.filter(({ role }) => role === 'processor').map(({ node }) => node);
    this.#processors = [...new Set([...processors, this.node])].sort();
  }

  async #sweep(): Promise<void> {
    const now = Date.now();
    this.#awake(now);
    // Who could not be heard has not been silent: after a start or an outage, everyone gets the full time again.
    if (now < this.#deafUntil) return;
    for (const [i, region] of (await this.index.regions()).sort().entries())
      if (this.#isMine(i)) await this.#orLogged(this.sweeper.sweep(region, now));
  }

  #awake(now: number): void {
    if (Math.abs(now - this.#awakeAt) > STALLED_MS) this.#deafUntil = now + this.config.silentMs;
    this.#awakeAt = now;
  }

  /** Work that is divided among the living processors, by name. */
  #isMine(share: number): boolean {
    return this.#processors[share % this.#processors.length] === this.node;
  }

  #every(intervalMs: number, work: () => Promise<void>): void {
    const run = () => this.#orLogged(work()).catch((error: unknown) => this.#unheard(error as Error));
    this.#timers.push(repeatedly(intervalMs, run));
  }

  #quarantine(events: DriverEvent[], error: Error): void {
    this.metrics.quarantined.inc(events.length);
    this.#logger.error(`${events.length} events of ${events[0]!.driverId} are set aside: ${error.message}`);
  }

  /** What fails for some data only is no reason to hear nobody. */
  async #orLogged(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!isOfData(error)) throw error;
      this.#logger.error((error as Error).message);
    }
  }

  /** From here on drivers may have spoken in vain. */
  #unheard(error: Error): void {
    this.#deafUntil = Date.now() + this.config.silentMs;
    this.metrics.storeErrors.inc();
    this.#logger.warn(error.message);
  }
}
