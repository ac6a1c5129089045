import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PipelineMonitor } from '#ops';
import type { ServiceState } from '#protocol';
import { Hub } from '#realtime';

const WATCHING = ['/rider', '/dispatch'] as const;

/** Notifies the watchers at this gateway when positions stop arriving and when they arrive again, also while Redis is away. */
@Injectable()
export class ServiceStateNotifier implements OnApplicationBootstrap {
  readonly #listeners = new Set<(state: ServiceState) => void>();

  constructor(
    private readonly pipeline: PipelineMonitor,
    private readonly hub: Hub,
  ) {}

  onApplicationBootstrap(): void {
    for (const namespace of WATCHING)
      this.hub.onConnection(namespace, (socket) => {
        if (this.pipeline.isDegraded) socket.emit('service', this.state);
      });
    this.pipeline.onChange(() => {
      for (const namespace of WATCHING)
        for (const socket of this.hub.localSockets(namespace)) socket.emit('service', this.state);
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
}
