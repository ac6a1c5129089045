import { atom } from 'nanostores';
import type { MapAdapter } from './adapter.js';
import { apply, fitting, type Plane, type Position } from './plane.js';

/** Manhattan's avenues run 29.1° east of north; turned by that they stand upright. */
export const BEARING = 29.1;
const FOLLOW_ZOOM = 15.6;
/** Not closer: around the trip the rest of the fleet is to be seen. */
const TRIP_ZOOM = 14.2;
/** Pins stand above their places, with their names on top; to the right are the map's buttons. */
const PIN_MARGIN = { top: 72, right: 84, bottom: 48, left: 44 };
/** With reduced motion the map moves only when the car has left the middle. */
const MIDDLE_PX = 120;
const EDGE_PX = 24;

/** What of the city is in view: a trip, the followed car, or whatever the user looks at. */
export class Camera {
  /** Whether the camera goes with the followed car. */
  readonly follows = atom(false);
  /** Whether what belongs together is brought into view as it changes, which ends when the user takes the map in hand. */
  readonly frames = atom(true);
  readonly #map: MapAdapter;
  readonly #plane: Plane;
  readonly #car: (now: number) => Position | null;
  readonly #reduced = matchMedia('(prefers-reduced-motion: reduce)');
  #framed: { places: readonly Position[]; maxZoom: number } | null = null;

  /** @param car where the followed car is seen at a time */
  constructor(map: MapAdapter, plane: Plane, car: (now: number) => Position | null) {
    this.#map = map;
    this.#plane = plane;
    this.#car = car;
    map.onDrag(() => {
      this.frames.set(false);
      this.follows.set(false);
    });
  }

  follow(on: boolean): void {
    this.follows.set(on);
    const car = this.#car(performance.now());
    if (on && car !== null) this.#map.easeTo({ center: car, zoom: FOLLOW_ZOOM, bearing: BEARING });
  }

  zoomBy(levels: number): void {
    this.#map.easeTo({ zoom: this.#map.view().zoom + levels });
  }

  /** A trip begins or goes on; `places` are what belongs to it now. */
  frameTrip(places: readonly Position[], maxZoom = TRIP_ZOOM): void {
    this.#framed = { places, maxZoom };
    if (this.follows.get()) this.follow(true);
    else if (this.frames.get()) this.#fit(places, maxZoom);
  }

  /** Brings places into view now, whoever had the map in hand, and follows nothing meanwhile. */
  show(places: readonly Position[], maxZoom = TRIP_ZOOM): void {
    this.follows.set(false);
    this.#framed = { places, maxZoom };
    this.recentre();
  }

  /** Gives the map back: what was to be framed last comes into view. */
  recentre(): void {
    this.frames.set(true);
    if (this.#framed !== null) this.#fit(this.#framed.places, this.#framed.maxZoom);
  }

  /** Whether a place is seen, not covered and not at the very edge. */
  isInView(place: Position): boolean {
    const view = this.#map.view();
    const { x, y } = apply(this.#plane.toScreen(view), this.#plane.from(place));
    const { top, right, bottom, left } = view.padding;
    return (
      x > left + EDGE_PX &&
      x < view.width - right - EDGE_PX &&
      y > top + EDGE_PX &&
      y < view.height - bottom - EDGE_PX
    );
  }

  /** @returns whether the map moved, and so will draw */
  keepUp(now: number): boolean {
    if (!this.follows.get() || this.#map.isBusy()) return false;
    const car = this.#car(now);
    if (car === null || (this.#reduced.matches && this.#isInMiddle(car))) return false;
    this.#map.jumpTo(car);
    return true;
  }

  #isInMiddle(car: Position): boolean {
    const view = this.#map.view();
    const toScreen = this.#plane.toScreen(view);
    const at = apply(toScreen, this.#plane.from(car));
    const center = apply(toScreen, this.#plane.from(view.center));
    return Math.hypot(at.x - center.x, at.y - center.y) < MIDDLE_PX;
  }

  #fit(places: readonly Position[], maxZoom: number): void {
    const view = { ...this.#map.view(), bearing: BEARING };
    this.#map.easeTo({ ...fitting(this.#plane, places, view, maxZoom, PIN_MARGIN), bearing: BEARING });
  }
}
