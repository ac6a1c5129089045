import { manhattan } from '#city';
import type { Vehicle } from '#protocol';
import type { Fleet } from '../live/fleet.js';
import type { FollowedTrip, FollowedTripState } from '../live/followed-trip.js';
import type { MapAdapter } from './adapter.js';
import { Camera } from './camera.js';
import { type Ground, openGround } from './ground.js';
import type { Overlay } from './overlay.js';
import { HIDDEN } from './palette.js';
import { placePin } from './pins.js';
import type { Padding, Plane, Position } from './plane.js';

type Texts = { map: string; pickup: string; dropoff: string };
type Sources = { fleet: Fleet; followed: FollowedTrip; texts: Texts };
type SceneOptions = Sources & { container: HTMLElement; padding: Padding };

/** The map of the front page: the city, its fleet, and the one trip that is followed. */
export class Scene {
  readonly camera: Camera;
  readonly #map: MapAdapter;
  readonly #overlay: Overlay;
  readonly #plane: Plane;
  readonly #texts: Texts;
  readonly #ending: Array<() => void> = [];
  #pins: Array<() => void> = [];
  #tripId: string | null = null;
  #driverId: string | null = null;
  #framed = false;

  static async open({ container, padding, ...sources }: SceneOptions): Promise<Scene> {
    return new Scene(await openGround({ container, padding, label: sources.texts.map }), sources);
  }

  private constructor({ map, overlay, plane, close }: Ground, { fleet, followed, texts }: Sources) {
    this.#map = map;
    this.#overlay = overlay;
    this.#plane = plane;
    this.#texts = texts;
    this.camera = new Camera(map, plane, (now) => this.#car(now));
    // The map draws after it has moved, and the cars with it; drawn before, they would run ahead of the streets.
    overlay.beforeFrame = (now) => overlay.followed.moves(now) && this.camera.keepUp(now);
    this.#show([...fleet.client.vehicles]);
    this.#ending.push(
      fleet.client.on('fleet', ({ moved, gone, snapshot }) => {
        const now = performance.now();
        this.#show(moved);
        for (const id of gone) overlay.fleet.remove(id, now);
        if (snapshot) overlay.fleet.keepOnly(new Set(moved.map(({ id }) => id)), now);
      }),
      fleet.state.subscribe(() => {
        const { stale, connection } = fleet.state.get();
        const old = stale || connection === 'offline';
        if (old !== overlay.stale) overlay.invalidate();
        overlay.stale = old;
      }),
      followed.state.subscribe(() => this.#followed(followed.state.get())),
      close,
    );
    this.#followed(followed.state.get());
  }

  setPadding(padding: Padding): void {
    this.#map.setPadding(padding);
  }

  showCity(): void {
    this.camera.show(manhattan().nodes);
  }

  close(): void {
    for (const end of this.#ending) end();
  }

  #show(vehicles: Vehicle[]): void {
    const now = performance.now();
    for (const { id, lat, lng, heading, status, t } of vehicles) {
      // The followed car is drawn from the rider's own, quicker positions.
      const code = id === this.#driverId ? HIDDEN : status === 'available' ? 0 : 1;
      this.#overlay.fleet.update(id, { ...this.#plane.from({ lat, lng }), heading, status: code }, t, now);
    }
    this.#overlay.invalidate();
  }

  #followed({ trip, position }: FollowedTripState): void {
    const now = performance.now();
    if (trip !== null && trip.id !== this.#tripId) {
      this.#clear(now);
      this.#tripId = trip.id;
      this.#framed = false;
      this.#pins = [
        placePin(this.#map, 'pickup', this.#texts.pickup, trip.pickup),
        placePin(this.#map, 'dropoff', this.#texts.dropoff, trip.dropoff),
      ];
    }
    if (trip === null && this.#tripId !== null) this.#clear(now);
    if (trip !== null) this.#driverId = trip.driverId;
    if (trip === null || position === null) return;
    const state = { ...this.#plane.from(position), heading: position.heading, status: 2 };
    const move = this.#overlay.followed.update(position.driverId, state, position.t, now);
    if (move !== null)
      this.#overlay.route.advance(move, trip.state === 'on_trip' || trip.state === 'completed' ? 1 : 0);
    this.#overlay.invalidate();
    if (this.#framed) return;
    this.#framed = true;
    this.camera.frameTrip([trip.pickup, trip.dropoff, position]);
  }

  #clear(now: number): void {
    for (const remove of this.#pins) remove();
    this.#pins = [];
    if (this.#driverId !== null) this.#overlay.followed.remove(this.#driverId, now);
    this.#overlay.route.clear(now);
    this.#overlay.invalidate();
    this.#tripId = null;
    this.#driverId = null;
  }

  #car(now: number): Position | null {
    const seen = this.#driverId === null ? null : this.#overlay.followed.at(this.#driverId, now);
    return seen === null ? null : this.#plane.position(seen);
  }
}
