import { createHash } from 'node:crypto';
import { coverCircle, NEARBY_RESOLUTION } from '#geo/cells';
import { cellRoom, type NearbyWatch } from '#protocol';
import type { Hub, RoomListener } from '#realtime';
import type { FleetViewService } from '../fleet/fleet-view.service.js';
import type { EventSink, Stream } from './event-sink.js';

/**
 * The cars around a pin, without identities: a snapshot, then frames of what changes. Who polls has no use for frames and
 * gets the next snapshot when something has changed.
 */
export class NearbyStream implements Stream {
  readonly #listener: RoomListener;
  /** frames that came before the snapshot; null after it */
  #early: object[] | null = [];
  #isLooking = false;

  /** @param after of one who polls, the id of the snapshot that it has; null of one who needs the first */
  constructor(
    hub: Hub,
    private readonly fleetView: FleetViewService,
    private readonly area: NearbyWatch,
    private readonly after: string | null,
    private readonly sink: EventSink,
  ) {
    this.#listener = hub.listen('/rider', {
      event: (_, frame) => this.#hear(frame as object),
      closed: () => sink.close(),
    });
  }

  async begin(): Promise<void> {
    await this.#listener.join(coverCircle(this.area, this.area.radiusM, NEARBY_RESOLUTION).map(cellRoom));
    await this.#snapshot();
    if (this.after !== null) return;
    const early = this.#early ?? [];
    this.#early = null;
    for (const frame of early) this.sink.send('cars', frame);
  }

  close(): void {
    this.#listener.close();
  }

  #hear(frame: object): void {
    if (this.after !== null) void this.#lookAgain();
    else if (this.#early === null) this.sink.send('cars', frame);
    else this.#early.push(frame);
  }

  /** One look at a time, however many cells have changed. */
  async #lookAgain(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    await this.#snapshot().catch(() => this.sink.close());
    this.#isLooking = false;
  }

  /** Sends what there is, unless that is what the client has. */
  async #snapshot(): Promise<void> {
    const cars = await this.fleetView.cars(this.area, Date.now());
    const id = digest(cars.map((car) => `${car.id} ${car.t}`).join());
    if (id !== this.after) this.sink.send('snapshot', { cars }, id);
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16);
