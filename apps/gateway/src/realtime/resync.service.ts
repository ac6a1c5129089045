import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Metrics, Readiness } from '#ops';
import { NAMESPACES } from '#protocol';
import { Hub } from '#realtime';
import { clock } from '#store';

/** Time over which clients reload their snapshots after a gap, so that they do not all do it at once. */
const SPREAD_MS = 2_000;
/** Namespaces whose clients watch what others do. */
const WATCHING = ['/rider', '/dispatch'] as const;

/**
 * Keeps clients right when this gateway does not receive what other nodes publish: it is not ready meanwhile and sends
 * `stale` to watchers; afterwards it sends `resync`, because nobody repeats what was missed.
 */
@Injectable()
export class ResyncService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('pubsub');
  readonly #timers = new Set<NodeJS.Timeout>();
  /** when messages stopped arriving, epoch ms */
  #since = 0;

  constructor(
    private readonly hub: Hub,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.hub.probeItself({ deaf: () => this.#deaf(), gapEnded: () => this.#gapEnded() });
    for (const namespace of WATCHING)
      this.hub.onConnection(namespace, (socket) => {
        if (this.hub.isDeaf) socket.emit('stale', { since: this.#since });
      });
  }

  onApplicationShutdown(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #deaf(): void {
    this.#since = clock.now();
    this.#logger.warn('messages of other nodes do not arrive');
    this.readiness.set('pubsub', 'messages of other nodes do not arrive');
    this.metrics.deaf.set(1);
    for (const namespace of WATCHING)
      for (const socket of this.hub.localSockets(namespace)) socket.emit('stale', { since: this.#since });
  }

  #gapEnded(): void {
    this.#logger.warn('messages of other nodes arrive again; clients reload what they watch');
    this.readiness.set('pubsub', null);
    this.metrics.deaf.set(0);
    this.metrics.gaps.inc();
    for (const namespace of NAMESPACES) {
      for (const socket of this.hub.localSockets(namespace)) this.#later(() => socket.emit('resync', {}));
      // An event stream begins with a snapshot, or after the last event of its client.
      for (const listener of this.hub.localListeners(namespace)) this.#later(() => listener.disconnect());
    }
  }

  #later(work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, Math.random() * SPREAD_MS);
    this.#timers.add(timer);
  }
}
