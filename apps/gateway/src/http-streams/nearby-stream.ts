import { createHash } from 'node:crypto';
import type { Socket } from 'socket.io';
import { coverCircle, NEARBY_RESOLUTION } from '#geo/cells';
import { NEAREST_CARS, type NearbyStreamEvents, type NearbyWatch, type PlacedCar } from '#protocol';
import type { Hub, Identity, RoomListener } from '#realtime';
import { clock } from '#store';
import type { RiderPlaces } from '../alerts/rider-places.js';
import { NearbyView, type NearbyViewSources } from '../fleet/nearby-view.js';
import { msUntil, randomSlot } from '../fleet/rider-slot.js';
import type { EventSink, Stream } from './event-sink.js';

export type NearbySources = NearbyViewSources & { hub: Hub; places: RiderPlaces };

/**
 * Streams the cars around a pin, without identities: a snapshot, then frames of changes. A polling client cannot apply
 * frames, so it gets the next snapshot once something has changed.
 */
export class NearbyStream implements Stream {
  /** in no room: it makes the stream end with the server, counts it as a connection, and receives alerts at the pin */
  readonly #listener: RoomListener;
  readonly #cells: ReadonlySet<string>;
  readonly #view: NearbyView;
  readonly #slot = randomSlot();
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  /** @param after id of the snapshot that a polling client has; null to begin with a snapshot */
  constructor(
    private readonly sources: NearbySources,
    private readonly user: Identity,
    private readonly area: NearbyWatch,
    private readonly after: string | null,
    private readonly sink: EventSink<NearbyStreamEvents>,
  ) {
    this.#cells = new Set(coverCircle(area, area.radiusM, NEARBY_RESOLUTION));
    this.#view = new NearbyView(sources, user, (frame) => sink.send('cars', frame));
    this.#listener = sources.hub.listen('/rider', {
      event: ({ event, payload }) => {
        if (event === 'area:alert') sink.send('area:alert', payload);
        else if (event === 'area:withdrawn') sink.send('area:withdrawn', payload);
      },
      closed: () => sink.close(),
    });
    Object.assign(this.#listener.socket.data, user, { polls: sink.polls });
  }

  async begin(): Promise<void> {
    this.sources.places.pin(this.#listener.socket as unknown as Socket, this.area);
    if (this.after === null) {
      const { cars } = await this.#view.watch(this.area);
      this.sink.send('snapshot', { cars }, digest(cars));
      return;
    }
    await this.sources.frames.subscribe(this.#changed, this.#cells);
    await this.#snapshot();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#view.clear();
    this.sources.frames.unsubscribe(this.#changed, this.#cells);
    this.#listener.close();
  }

  /** Reads once for all cars that change until the next slot; those that change during a read are in the next one. */
  readonly #changed = (): void => {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.#snapshot().catch(() => this.sink.close());
      },
      msUntil(this.#slot, clock.now()),
    );
  };

  /** Sends the cars, unless the client has exactly these. Their names are those of the token: each poll is a new stream. */
  async #snapshot(): Promise<void> {
    const { fleetView } = this.sources;
    const without = await fleetView.recentDriversOf(this.user);
    const known = await fleetView.carsIn({ ...this.area, cells: this.#cells }, this.user, without);
    const cars = known.cars.slice(0, NEAREST_CARS).map(({ car }) => fleetView.named(car, this.user.session));
    const id = digest(cars);
    if (id !== this.after) this.sink.send('snapshot', { cars }, id);
    else if (known.cars.some(({ car }) => fleetView.current(car.key)?.isWaiting === true)) this.#changed();
  }
}

const digest = (cars: PlacedCar[]): string =>
  createHash('sha256')
    .update(cars.map(({ id, t, lat, lng }) => `${id} ${t} ${lat} ${lng}`).join())
    .digest('base64url')
    .slice(0, 16);
