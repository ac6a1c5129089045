import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { NodeState } from '#protocol';
import type { Nodes } from '#store';
import { clock } from '#store';
import type { Metrics } from './metrics.js';
import { repeatedly } from './repeatedly.js';

const INTERVAL_MS = 1_000;

/** The part of a node's state that features contribute. */
type Counts = Pick<NodeState, 'connections' | 'users' | 'lag'>;
type Addresses = Pick<NodeState, 'url' | 'metricsUrl'>;
type Counters = { [K in keyof Counts]: () => Counts[K] | Promise<Counts[K]> };

/** Publishes the state of this process once a second, so that the others know that it is alive. */
export class Heartbeat implements OnApplicationShutdown {
  readonly #logger = new Logger('heartbeat');
  /** Distinguishes the runs of processes that have the same name, epoch ms. */
  readonly startedAt = clock.now();
  readonly #counters: Counters = {
    connections: () => ({ driver: 0, rider: 0, dispatch: 0 }),
    users: () => 0,
    lag: () => 0,
  };
  #timer: NodeJS.Timeout | null = null;
  #published: Promise<void> = Promise.resolve();
  #isFailing = false;

  constructor(
    private readonly nodes: Nodes,
    private readonly identity: Pick<NodeState, 'node' | 'role'>,
    private readonly metrics: Metrics,
  ) {}

  /** Adds a count to the state; without it, the count is 0. */
  include<K extends keyof Counts>(name: K, count: Counters[K]): void {
    this.#counters[name] = count;
  }

  /** Resolves after the first heartbeat. */
  async start(addresses: Addresses): Promise<void> {
    await this.#beat(addresses);
    this.#timer = repeatedly(INTERVAL_MS, () => this.#beat(addresses));
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#published;
    await this.nodes.leave(this.identity.node).catch(() => {});
  }

  #beat(addresses: Addresses): Promise<void> {
    this.#published = this.#publish(addresses).then(
      () => {
        this.#isFailing = false;
      },
      (error: unknown) => this.#failed(error),
    );
    return this.#published;
  }

  async #publish(addresses: Addresses): Promise<void> {
    const at = clock.now();
    const { connections, users, lag } = this.#counters;
    await this.nodes.report({
      ...this.identity,
      ...addresses,
      startedAt: this.startedAt,
      at,
      connections: await connections(),
      users: await users(),
      lag: await lag(),
      ...this.metrics.recent(at),
    });
  }

  /** Logs the first of several failures in a row. */
  #failed(error: unknown): void {
    if (!this.#isFailing) this.#logger.warn(`cannot publish the heartbeat: ${(error as Error).message}`);
    this.#isFailing = true;
  }
}
