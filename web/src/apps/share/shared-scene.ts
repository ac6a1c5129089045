import type { FollowedLink, SharedTripState } from '../../shared/live/shared-trip.js';
import { Camera } from '../../shared/map/camera.js';
import { type MapView, openMapView } from '../../shared/map/map-view.js';
import { type PinKind, placePin } from '../../shared/map/pins.js';
import type { Padding, Position } from '../../shared/map/plane.js';
import { RouteAhead } from '../../shared/map/route-ahead.js';
import { PINS, TEXTS } from './texts.js';

const isDriving = (state: SharedTripState['state']): boolean =>
  state === 'accepted' || state === 'arriving' || state === 'on_trip';

/** Marker id of the only car. The driver stays anonymous. */
const CAR = 'car';
const FOLLOWED = 2;

/** Map of a shared trip. The camera follows its car. */
export class SharedScene {
  readonly camera: Camera;
  readonly #mapView: MapView;
  readonly #unsubscribe: () => void;
  readonly #ahead: RouteAhead;
  readonly #pins = new Map<PinKind, () => void>();
  #hasCar = false;

  static async open(container: HTMLElement, padding: Padding, link: FollowedLink): Promise<SharedScene> {
    return new SharedScene(await openMapView({ container, padding, label: TEXTS.mapLabel }), link);
  }

  private constructor(mapView: MapView, link: FollowedLink) {
    const { map, overlay, plane } = mapView;
    this.#mapView = mapView;
    this.camera = new Camera(map, plane, (now) => this.#car(now));
    this.#ahead = new RouteAhead(mapView, () => link.route());
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

  #show(shared: SharedTripState): void {
    const { state, position } = shared;
    const { map, overlay, plane } = this.#mapView;
    for (const kind of ['pickup', 'dropoff'] as const) {
      const at = shared[kind];
      if (at !== null && !this.#pins.has(kind)) this.#pins.set(kind, placePin(map, kind, PINS[kind], at));
    }
    if (position === null) return;
    const marker = { ...plane.from(position), heading: position.heading, status: FOLLOWED };
    const move = overlay.followed.update(CAR, marker, position.t, performance.now());
    if (move !== null) overlay.route.advance(move, state === 'on_trip' ? 1 : 0);
    overlay.invalidate();
    // Without places, a link shows no route.
    this.#ahead.follow(
      shared.dropoff !== null && isDriving(state) ? `${state === 'on_trip'}` : null,
      position,
    );
    if (!this.#hasCar) this.camera.follow(true);
    this.#hasCar = true;
  }

  #car(now: number): Position | null {
    const marker = this.#mapView.overlay.followed.at(CAR, now);
    return marker === null ? null : this.#mapView.plane.position(marker);
  }
}
