import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { isOpen, TripState } from '#protocol';
import { clock, type Nodes, type ReporterLease, type Trips } from '#store';
import type { PipelineMonitor } from './pipeline-monitor.js';
import { repeatedly } from './repeatedly.js';

const LEASE_INTERVAL_MS = 1_000;
/** Minimum interval between two counts: trips are read one by one. */
const TRIPS_INTERVAL_MS = 5_000;

type Sources = {
  pipeline: Pick<PipelineMonitor, 'state'>;
  nodes: Pick<Nodes, 'alive'>;
  trips: Pick<Trips, 'open'>;
};

/**
 * Metrics of the whole installation. One process exports them, whichever holds the lease, so that a sum over all processes is
 * right; another takes over within four seconds.
 */
export class InstallationMetrics implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #registry = new Registry();
  #isReporter = false;
  #timer: NodeJS.Timeout | null = null;

  /** @param prefix of the installation, which is the label `installation` */
  constructor(
    private readonly lease: ReporterLease,
    prefix: string,
    { pipeline, nodes, trips }: Sources,
  ) {
    this.#registry.setDefaultLabels({ installation: prefix === '' ? 'default' : prefix });
    this.#gauge(
      'hexfleet_reporter',
      '1 at the process that exports the metrics of the installation',
      (gauge) => gauge.set(1),
    );
    this.#gauge(
      'hexfleet_stream_backlog_entries',
      'Entries of the fix stream that are not processed yet',
      (gauge) => gauge.set(pipeline.state.backlog),
    );
    this.#gauge(
      'hexfleet_stream_oldest_entry_seconds',
      'Age of the oldest entry of the fix stream that is not processed yet',
      (gauge) => gauge.set(pipeline.state.oldestMs / 1_000),
    );
    this.#gauge(
      'hexfleet_partitions_without_reader',
      'Partitions of the fix stream that no processor reads',
      (gauge) => gauge.set(pipeline.state.withoutReader.length),
    );
    this.#gauge(
      'hexfleet_nodes',
      'Processes that are alive, by role',
      async (gauge) => {
        const alive = await nodes.alive(clock.now()).catch(() => null);
        gauge.reset();
        if (alive === null) return;
        for (const role of ['gateway', 'processor'])
          gauge.set({ role }, alive.filter((node) => node.role === role).length);
      },
      ['role'],
    );
    this.#countTrips(trips);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#keep();
    this.#timer = repeatedly(LEASE_INTERVAL_MS, () => this.#keep());
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#isReporter) await this.lease.release().catch(() => {});
  }

  /** Returns the metrics of this process, and those of the installation if it exports them. */
  async withOwn(own: Registry): Promise<string> {
    const text = await own.metrics();
    return this.#isReporter ? `${text}\n${await this.#registry.metrics()}` : text;
  }

  /** While Redis is away, nobody knows these figures. */
  async #keep(): Promise<void> {
    this.#isReporter = await this.lease.keep().catch(() => false);
  }

  #countTrips(trips: Sources['trips']): void {
    let countedAt = 0;
    this.#gauge(
      'hexfleet_open_trips',
      'Open trips, by state, at most 1,000',
      async (gauge) => {
        const now = Date.now();
        if (now - countedAt < TRIPS_INTERVAL_MS) return;
        countedAt = now;
        const open = await trips.open().catch(() => null);
        gauge.reset();
        if (open === null) return;
        for (const state of TripState.options.filter(isOpen)) gauge.set({ state }, 0);
        for (const { state } of open) gauge.inc({ state });
      },
      ['state'],
    );
  }

  #gauge(
    name: string,
    help: string,
    measure: (gauge: Gauge) => void | Promise<void>,
    labelNames: string[] = [],
  ): void {
    const registers = [this.#registry];
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        return measure(this);
      },
    });
  }
}
