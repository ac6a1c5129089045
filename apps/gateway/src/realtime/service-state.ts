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
  readonly #listeners = new Set<(state: ServiceState) => void>();

  constructor(
    private readonly pipeline: PipelineMonitor,
    private readonly hub: Hub,
  ) {}

  onApplicationBootstrap(): void {
    for (const namespace of WATCHING)
      this.hub.server.of(namespace).on('connection', (socket) => this.#add(socket as unknown as Watcher));
    this.pipeline.onChange(() => {
      for (const watcher of this.#watchers) watcher.emit('service', this.state);
      for (const listener of this.#listeners) listener(this.state);
    });
  }

  /** Calls the listener on each change. @returns a function that ends this */
  onChange(listener: (state: ServiceState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get state(): ServiceState {
    return { state: this.pipeline.isDegraded ? 'degraded' : 'ok' };
  }

  #add(socket: Watcher): void {
    this.#watchers.add(socket);
    socket.once('disconnect', () => this.#watchers.delete(socket));
    if (this.pipeline.isDegraded) socket.emit('service', this.state);
  }
}
