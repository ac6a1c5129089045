import type { FollowedLink, SharedTripState } from '../../shared/live/shared-trip.js';
import { Camera } from '../../shared/map/camera.js';
import { type MapView, openMapView } from '../../shared/map/map-view.js';
import type { Padding, Position } from '../../shared/map/plane.js';
import { TEXTS } from './texts.js';

/** Marker id of the only car. The driver stays anonymous. */
const CAR = 'car';
const FOLLOWED = 2;

/** Map of a shared trip. The camera follows its car. */
export class SharedScene {
  readonly camera: Camera;
  readonly #mapView: MapView;
  readonly #unsubscribe: () => void;
  #hasCar = false;

  static async open(container: HTMLElement, padding: Padding, link: FollowedLink): Promise<SharedScene> {
    return new SharedScene(await openMapView({ container, padding, label: TEXTS.mapLabel }), link);
  }

  private constructor(mapView: MapView, link: FollowedLink) {
    const { map, overlay, plane } = mapView;
    this.#mapView = mapView;
    this.camera = new Camera(map, plane, (now) => this.#car(now));
    overlay.beforeFrame = (now) => overlay.followed.moves(now) && this.camera.keepUp(now);
    this.#unsubscribe = link.$state.subscribe((state) => this.#show(state));
  }

  setPadding(padding: Padding): void {
    this.#mapView.map.setPadding(padding);
  }

  /** Greys out the car while its position may be wrong. */
  setStale(stale: boolean): void {
    const { overlay } = this.#mapView;
    if (overlay.stale !== stale) overlay.invalidate();
    overlay.stale = stale;
  }

  close(): void {
    this.#unsubscribe();
    this.#mapView.close();
  }

  #show({ state, position }: SharedTripState): void {
    if (position === null) return;
    const { overlay, plane } = this.#mapView;
    const marker = { ...plane.from(position), heading: position.heading, status: FOLLOWED };
    const move = overlay.followed.update(CAR, marker, position.t, performance.now());
    if (move !== null) overlay.route.advance(move, state === 'on_trip' ? 1 : 0);
    overlay.invalidate();
    if (!this.#hasCar) this.camera.follow(true);
    this.#hasCar = true;
  }

  #car(now: number): Position | null {
    const marker = this.#mapView.overlay.followed.at(CAR, now);
    return marker === null ? null : this.#mapView.plane.position(marker);
  }
}
