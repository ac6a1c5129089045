import { createHash } from 'node:crypto';
import { coverCircle, NEARBY_RESOLUTION } from '#geo/cells';
import type { NearbyStreamEvents, NearbyWatch, PlacedVehicle } from '#protocol';
import type { Hub, RoomListener } from '#realtime';
import { NearbyView, type NearbyViewSources } from '../fleet/nearby-view.js';
import { NEAREST_CARS } from '../fleet/nearest-cars.js';
import type { EventSink, Stream } from './event-sink.js';

export type NearbySources = NearbyViewSources & { hub: Hub };

/**
 * Streams the cars around a pin, without identities: a snapshot, then frames of changes. A polling client cannot apply
 * frames, so it gets the next snapshot once something has changed.
 */
export class NearbyStream implements Stream {
  /** in no room: it makes the stream end with the server, and counts it as a connection */
  readonly #listener: RoomListener;
  readonly #cells: ReadonlySet<string>;
  readonly #view: NearbyView;
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
    this.#cells = new Set(coverCircle(area, area.radiusM, NEARBY_RESOLUTION));
    this.#view = new NearbyView(sources, (frame) => sink.send('cars', frame));
    this.#listener = sources.hub.listen('/rider', { event: () => {}, closed: () => sink.close() });
  }

  async begin(): Promise<void> {
    if (this.after === null) {
      const { cars } = await this.#view.watch(this.area);
      this.sink.send('snapshot', { cars }, digest(cars));
      return;
    }
    await this.sources.frames.subscribe(this.#changed, this.#cells);
    await this.#readAgain();
  }

  close(): void {
    this.#view.clear();
    this.sources.frames.unsubscribe(this.#changed, this.#cells);
    this.#listener.close();
  }

  readonly #changed = (): void => {
    this.#readAgain().catch(() => this.sink.close());
  };

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
    const { cars } = await this.sources.fleetView.carsIn({ ...this.area, cells: this.#cells }, NEAREST_CARS);
    const id = digest(cars);
    if (id !== this.after) this.sink.send('snapshot', { cars }, id);
  }
}

const digest = (cars: PlacedVehicle[]): string =>
  createHash('sha256')
    .update(cars.map(({ id, t }) => `${id} ${t}`).join())
    .digest('base64url')
    .slice(0, 16);
