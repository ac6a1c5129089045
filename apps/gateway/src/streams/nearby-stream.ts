import { coverCircle, NEARBY_RESOLUTION } from '#geo/cells';
import { cellRoom, type NearbyWatch } from '#protocol';
import type { Hub, Listener } from '#realtime';
import type { Sight } from '../sight.js';
import type { Sink, Stream } from './sink.js';

/**
 * The cars around a pin, without identities: a snapshot, then frames of what changes. Who polls has no use for frames and
 * gets the next snapshot when something has changed.
 */
export class NearbyStream implements Stream {
  readonly #listener: Listener;
  /** frames that came before the snapshot; null after it */
  #early: object[] | null = [];

  /** @param isNext whether it had a snapshot, and polls for the next */
  constructor(
    hub: Hub,
    private readonly sight: Sight,
    private readonly area: NearbyWatch,
    private readonly isNext: boolean,
    private readonly sink: Sink,
  ) {
    this.#listener = hub.listen('/rider', {
      event: (_, frame) => this.#hear(frame as object),
      closed: () => sink.close(),
    });
  }

  async begin(): Promise<void> {
    await this.#listener.join(coverCircle(this.area, this.area.radiusM, NEARBY_RESOLUTION).map(cellRoom));
    if (this.isNext) return;
    await this.#snapshot();
    const early = this.#early ?? [];
    this.#early = null;
    for (const frame of early) this.sink.send('cars', frame);
  }

  close(): void {
    this.#listener.close();
  }

  #hear(frame: object): void {
    if (this.isNext) this.#snapshot().catch(() => this.sink.close());
    else if (this.#early === null) this.sink.send('cars', frame);
    else this.#early.push(frame);
  }

  async #snapshot(): Promise<void> {
    const now = Date.now();
    this.sink.send('snapshot', { cars: await this.sight.cars(this.area, now) }, String(now));
  }
}
