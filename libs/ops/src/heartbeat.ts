import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { NodeState } from '#protocol';
import { Nodes, type RedisClient } from '#store';
import type { Metrics } from './metrics.js';

const INTERVAL_MS = 1_000;

/** What changes from one beat to the next. */
export type Pulse = Pick<NodeState, 'connections' | 'users' | 'lag'>;

/** Tells the others once a second that this process lives, and how it is. */
export class Heartbeat implements OnApplicationShutdown {
  readonly #logger = new Logger('heartbeat');
  readonly #nodes: Nodes;
  /** names are used again; with this, they are not */
  readonly startedAt = Date.now();
  #timer: NodeJS.Timeout | null = null;
  #told: Promise<void> = Promise.resolve();

  constructor(
    redis: RedisClient,
    private readonly identity: Pick<NodeState, 'node' | 'role'>,
    private readonly metrics: Metrics,
    private readonly pulse: () => Promise<Pulse>,
  ) {
    this.#nodes = new Nodes(redis);
  }

  /** Resolves after the first beat. */
  start(url: string): Promise<void> {
    const beat = () => {
      this.#told = this.#beat(url).catch((error: unknown) =>
        this.#logger.warn(`cannot tell: ${(error as Error).message}`),
      );
    };
    this.#timer = setInterval(beat, INTERVAL_MS);
    beat();
    return this.#told;
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#told;
    await this.#nodes.leave(this.identity.node).catch(() => {});
  }

  async #beat(url: string): Promise<void> {
    const at = Date.now();
    const state = { ...this.identity, url, startedAt: this.startedAt, at, ...(await this.pulse()) };
    await this.#nodes.report({ ...state, ...this.metrics.recent(at) });
  }
}
