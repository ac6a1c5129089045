import { createHash } from 'node:crypto';
import { coverCircle, NEARBY_RESOLUTION, nearbyCell } from '#geo/cells';
import type { Frame, NearbyStreamEvents, NearbyWatch } from '#protocol';
import type { Hub, RoomListener } from '#realtime';
import { clock } from '#store';
import type { FleetViewService } from '../fleet/fleet-view.service.js';
import type { ViewportSubscription } from '../fleet/viewport-subscription.js';
import type { EventSink, Stream } from './event-sink.js';

export type NearbySources = { hub: Hub; fleetView: FleetViewService; viewports: ViewportSubscription };

/**
 * Streams the cars around a pin, without identities: a snapshot, then frames of changes. A polling client cannot apply
 * frames, so it gets the next snapshot once something has changed.
 */
export class NearbyStream implements Stream {
  readonly #listener: RoomListener;
  /** frames received before the snapshot was sent; null afterwards */
  #early: Frame[] | null = [];
  #isReading = false;
  /** whether a car has moved since the current read began */
  #isStale = false;

  /** @param after id of the snapshot that a polling client has; null to begin with a snapshot */
  constructor(
    private readonly sources: NearbySources,
    private readonly area: NearbyWatch,
    private readonly after: string | null,
    private readonly sink: EventSink<NearbyStreamEvents>,
  ) {
    this.#listener = sources.hub.listen('/rider', {
      event: ({ event, payload }) => {
        if (event === 'cars') this.#receive(payload);
      },
      closed: () => sink.close(),
    });
  }

  async begin(): Promise<void> {
    const cells = coverCircle(this.area, this.area.radiusM, NEARBY_RESOLUTION);
    await this.sources.viewports.replace(this.#listener.socket, cells);
    if (this.after !== null) return this.#readAgain();
    await this.#snapshot();
    const early = this.#early ?? [];
    this.#early = null;
    for (const frame of early) this.sink.send('cars', frame);
  }

  close(): void {
    this.#listener.close();
  }

  #receive(frame: Frame): void {
    if (this.after !== null) this.#readAgain().catch(() => this.sink.close());
    else if (this.#early === null) this.sink.send('cars', frame);
    else this.#early.push(frame);
  }

  /** Reads one snapshot at a time, and another one for the frames that arrived during a read: it may lack their cars. */
  async #readAgain(): Promise<void> {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#snapshot();
      }
    } finally {
      this.#isReading = false;
    }
  }

  /** Sends the cars, unless the client has exactly these. */
  async #snapshot(): Promise<void> {
    const found = await this.sources.fleetView.cars(this.area, clock.now());
    const cars = found.map((car) => ({ ...car, cell: nearbyCell(car) }));
    const id = digest(cars.map((car) => `${car.id} ${car.t}`).join());
    if (id !== this.after) this.sink.send('snapshot', { cars }, id);
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16);
