import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { repeatedly } from '#ops';
import type { QueuePlace } from '#protocol';
import { Hub } from '#realtime';
import { type Queue, waitingIn, waitS } from '#zones';
import { QueuesService } from './queues.service.js';
import { ZoneRulesService } from './zone-rules.service.js';

const INTERVAL_MS = 2_000;

/** Sends drivers of this gateway their place in a queue when it has changed. Each gateway reads the queues for its own. */
@Injectable()
export class QueueNotifier implements OnApplicationShutdown {
  readonly #timer: NodeJS.Timeout;
  /** last place that each connected driver was sent, by the id of its socket */
  #sent = new Map<string, string>();

  constructor(
    private readonly queues: QueuesService,
    private readonly zones: ZoneRulesService,
    private readonly hub: Hub,
  ) {
    // While Redis is unavailable, places are not known.
    this.#timer = repeatedly(INTERVAL_MS, () => this.#notify().catch(() => {}));
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async #notify(): Promise<void> {
    const zones = this.zones.queues();
    if (zones.length === 0 && this.#sent.size === 0) return;
    const places = new Map<string, QueuePlace>();
    for (const { region, zone } of zones)
      for (const queue of (await this.queues.read(region, zone.id)).values())
        for (const [driverId, place] of placesIn(queue))
          if (!places.has(driverId))
            places.set(driverId, { region, zoneId: zone.id, name: zone.name, ...place });
    const sent = new Map<string, string>();
    for (const socket of this.hub.localSockets('/driver')) {
      const queue = places.get(socket.data.userId) ?? null;
      const text = JSON.stringify(queue);
      const before = this.#sent.get(socket.id);
      if (queue !== null) sent.set(socket.id, text);
      if (before === text || (before === undefined && queue === null)) continue;
      socket.emit('queue', { queue });
    }
    this.#sent = sent;
  }
}

function placesIn(
  queue: Queue,
): Array<[driverId: string, place: Pick<QueuePlace, 'place' | 'of' | 'waitS'>]> {
  const waiting = waitingIn(queue);
  return waiting.map(({ driverId }, i) => [
    driverId,
    { place: i + 1, of: waiting.length, waitS: waitS(queue, i + 1) },
  ]);
}
