import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PipelineMonitor } from '#ops';
import type { ServiceState } from '#protocol';
import { Hub } from '#realtime';

const WATCHING = ['/rider', '/dispatch'] as const;

/** Notifies the watchers at this gateway when positions stop arriving and when they arrive again, also while Redis is away. */
@Injectable()
export class ServiceStateNotifier implements OnApplicationBootstrap {
  constructor(
    private readonly pipeline: PipelineMonitor,
    private readonly hub: Hub,
  ) {}

  onApplicationBootstrap(): void {
    for (const namespace of WATCHING)
      this.hub.onConnection(namespace, (socket) => {
        if (this.pipeline.isDegraded) socket.emit('service', this.#state);
      });
    this.pipeline.onChange(() => {
      for (const namespace of WATCHING)
        for (const socket of this.hub.localSockets(namespace)) socket.emit('service', this.#state);
    });
  }

  get #state(): ServiceState {
    return { state: this.pipeline.isDegraded ? 'degraded' : 'ok' };
  }
}
