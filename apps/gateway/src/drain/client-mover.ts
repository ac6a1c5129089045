import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Metrics, NODE, Readiness, repeatedly } from '#ops';
import { NAMESPACES } from '#protocol';
import { ADMITTED_PER_S, Hub, type IdentifiedSocket } from '#realtime';
import { clock, Nodes } from '#store';
import { FairShare } from './fair-share.js';

/** Clients that are asked to move per second when this gateway stops, so that the others are not overrun. */
const MOVED_PER_SECOND = ADMITTED_PER_S;
const MIN_WAVE_MS = 1_000;
/** Time in which load balancers without health checks learn from a request that this gateway ends. */
const CLOSING_MS = 1_000;
/** Time in which the last clients of a wave connect elsewhere. */
const GRACE_MS = 2_000;
const CHECK_MS = 100;
const SHARE_INTERVAL_MS = 1_000;

/** Asks clients to move to another gateway: all when this one stops, some when it has more than its fair share. */
@Injectable()
export class ClientMover implements OnApplicationShutdown {
  readonly #logger = new Logger('drain');
  readonly #asked = new WeakSet<IdentifiedSocket>();
  readonly #share = new FairShare();
  readonly #sharing: NodeJS.Timeout;

  constructor(
    private readonly hub: Hub,
    private readonly nodes: Nodes,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(NODE) private readonly node: string,
  ) {
    this.#sharing = repeatedly(SHARE_INTERVAL_MS, () => this.#shed());
  }

  onApplicationShutdown(): void {
    clearInterval(this.#sharing);
  }

  /**
   * Takes this gateway out of service: readiness changes first; after `HEXFLEET_DRAIN_MS`, when load balancers have noticed,
   * clients are asked to move, in waves, and balancers without health checks learn it from requests. Resolves when all have
   * gone, or had the time to. With 0 it does nothing else.
   */
  async drain(): Promise<void> {
    clearInterval(this.#sharing);
    this.readiness.set('draining', 'the process is stopping');
    process.send?.({ type: 'draining' });
    const { drainMs } = this.config;
    if (drainMs === 0) return;
    await sleep(drainMs);
    this.readiness.set('closing', 'the process is about to end');
    await Promise.all([this.#moveAll(), sleep(CLOSING_MS)]);
  }

  async #moveAll(): Promise<void> {
    const count = this.#sockets().length;
    const waveMs = Math.max(MIN_WAVE_MS, (count / MOVED_PER_SECOND) * 1_000);
    const startedAt = performance.now();
    const remainingMs = () => startedAt + waveMs - performance.now();
    // A client whose new connection arrives here again is asked again.
    while (this.#sockets().length > 0 && remainingMs() > -GRACE_MS) {
      this.#ask(
        this.#sockets().filter((socket) => !this.#asked.has(socket)),
        Math.max(0, remainingMs()),
        'drain',
      );
      await sleep(CHECK_MS);
    }
    const moved = count - this.#sockets().length;
    this.#logger.log({ message: 'clients moved', moved, remaining: count - moved });
  }

  /** After a restart, nobody would come back by itself from the gateways that took over. */
  async #shed(): Promise<void> {
    // While Redis is unavailable, nobody knows what the others have.
    const gateways = await this.nodes.alive(clock.now()).catch(() => []);
    const counts = gateways
      .filter(({ role, node }) => role === 'gateway' && node !== this.node)
      .map(({ connections: { driver, rider, dispatch } }) => driver + rider + dispatch);
    const sockets = this.#sockets();
    const excess = this.#share.excess(sockets.length, counts);
    if (excess === 0) return;
    const candidates = sockets.filter((socket) => !this.#asked.has(socket));
    // The oldest connections first: they have not been moved lately.
    this.#ask(candidates.slice(0, excess), SHARE_INTERVAL_MS, 'share');
  }

  #sockets(): IdentifiedSocket[] {
    return NAMESPACES.flatMap((namespace) => this.hub.localSockets(namespace));
  }

  #ask(sockets: IdentifiedSocket[], withinMs: number, reason: 'drain' | 'share'): void {
    for (const socket of sockets) {
      this.#asked.add(socket);
      socket.emit('leaving', { retryInMs: Math.round(Math.random() * withinMs) });
    }
    this.metrics.leaving.inc({ reason }, sockets.length);
  }
}
