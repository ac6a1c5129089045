import { atom } from 'nanostores';
import type { MapAdapter } from './adapter.js';
import { apply, fitting, type Plane, type Position } from './plane.js';

/** Manhattan's avenues run 29.1° east of north. With this bearing they are vertical on the screen. */
export const BEARING = 29.1;
const FOLLOW_ZOOM = 15.6;
/** Closest zoom around a trip, so that the nearby fleet stays visible. */
const TRIP_ZOOM = 14.2;
/** Room for the pins, which stand above their positions with names on top, and for the map's buttons on the right. */
const PIN_MARGIN = { top: 72, right: 84, bottom: 48, left: 44 };
/** With reduced motion the map moves only when the car is farther than this from the centre. */
const MIDDLE_PX = 120;
const EDGE_PX = 24;

/** Controls what the map shows: a trip, the followed car, or the area the user moved to. */
export class Camera {
  /** whether the camera follows the car */
  readonly follows = atom(false);
  /** whether the camera keeps the trip in view as it changes; ends when the user drags the map */
  readonly frames = atom(true);
  readonly #map: MapAdapter;
  readonly #plane: Plane;
  readonly #car: (now: number) => Position | null;
  readonly #reduced = matchMedia('(prefers-reduced-motion: reduce)');
  #framed: { places: readonly Position[]; maxZoom: number } | null = null;

  /** @param car returns the drawn position of the followed car at a time */
  constructor(map: MapAdapter, plane: Plane, car: (now: number) => Position | null) {
    this.#map = map;
    this.#plane = plane;
    this.#car = car;
    map.onDrag(() => {
      this.frames.set(false);
      this.follows.set(false);
    });
  }

  /** Starts or stops following the car. */
  follow(on: boolean): void {
    this.follows.set(on);
    const car = this.#car(performance.now());
    if (on && car !== null) this.#map.easeTo({ center: car, zoom: FOLLOW_ZOOM, bearing: BEARING });
  }

  zoomBy(levels: number): void {
    this.#map.easeTo({ zoom: this.#map.view().zoom + levels });
  }

  /** Sets the positions of the current trip, and fits them unless the user moved the map. */
  frameTrip(places: readonly Position[], maxZoom = TRIP_ZOOM): void {
    this.#framed = { places, maxZoom };
    if (this.follows.get()) this.follow(true);
    else if (this.frames.get()) this.#fit(places, maxZoom);
  }

  /** Fits positions now, even if the user moved the map. Stops following. */
  show(places: readonly Position[], maxZoom = TRIP_ZOOM): void {
    this.follows.set(false);
    this.#framed = { places, maxZoom };
    this.recentre();
  }

  /** Fits the last framed positions again, and resumes framing. */
  recentre(): void {
    this.frames.set(true);
    if (this.#framed !== null) this.#fit(this.#framed.places, this.#framed.maxZoom);
  }

  /** Returns whether a position is visible: not covered by a panel and not at the edge. */
  isInView(place: Position): boolean {
    const view = this.#map.view();
    const { top, right, bottom, left } = view.padding;
    const margin = {
      top: top + EDGE_PX,
      right: right + EDGE_PX,
      bottom: bottom + EDGE_PX,
      left: left + EDGE_PX,
    };
    return this.#plane.screenTest(view, margin)(place);
  }

  /** Moves the map with the followed car. @returns whether the map moved, and so will draw a frame */
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
