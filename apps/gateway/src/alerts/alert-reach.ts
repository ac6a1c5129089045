import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { regionRoom, type SentAlert } from '#protocol';
import { Hub } from '#realtime';
import { Alerts } from '#store';

/** Time in which the records of several gateways join. */
const GATHER_MS = 300;

/** Sends the number of users that an alert has reached to the dispatchers who watch its regions. */
@Injectable()
export class AlertReachNotifier implements OnApplicationShutdown {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly alerts: Alerts,
    private readonly hub: Hub,
  ) {}

  onApplicationShutdown(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  /** Sends the number soon. */
  changed(alert: SentAlert): void {
    if (this.#timers.has(alert.id)) return;
    const send = () => {
      this.#timers.delete(alert.id);
      // While Redis is unavailable, the board keeps the last number; GET /api/alerts has the right one afterwards.
      this.#send(alert).catch(() => {});
    };
    this.#timers.set(alert.id, setTimeout(send, GATHER_MS));
  }

  async #send({ id, regions, fleet }: SentAlert): Promise<void> {
    const reached = await this.alerts.reached(id);
    for (const region of regions)
      this.hub.emit({ namespace: '/dispatch', room: regionRoom(region) }, 'area:reached', {
        id,
        region,
        ...(fleet !== undefined && { fleet }),
        reached,
      });
  }
}
