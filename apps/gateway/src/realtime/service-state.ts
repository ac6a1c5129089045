import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PipelineMonitor } from '#ops';
import type { ServiceState } from '#protocol';
import { Hub, type IdentifiedSocket } from '#realtime';

const WATCHING = ['/rider', '/dispatch'] as const;
type Watcher = IdentifiedSocket<(typeof WATCHING)[number]>;

/** Notifies the watchers at this gateway when positions stop arriving and when they arrive again, also while Redis is away. */
@Injectable()
export class ServiceStateNotifier implements OnApplicationBootstrap {
  readonly #watchers = new Set<Watcher>();

  constructor(
    private readonly pipeline: PipelineMonitor,
    private readonly hub: Hub,
  ) {}

  onApplicationBootstrap(): void {
    for (const namespace of WATCHING)
      this.hub.server.of(namespace).on('connection', (socket) => this.#add(socket as unknown as Watcher));
    this.pipeline.onChange(() => {
      for (const watcher of this.#watchers) watcher.emit('service', this.#state);
    });
  }

  get #state(): ServiceState {
    return { state: this.pipeline.isDegraded ? 'degraded' : 'ok' };
  }

  #add(socket: Watcher): void {
    this.#watchers.add(socket);
    socket.once('disconnect', () => this.#watchers.delete(socket));
    if (this.pipeline.isDegraded) socket.emit('service', this.#state);
  }
}
