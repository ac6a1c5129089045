import type { FollowedLink } from '../../shared/live/shared-trip.js';
import { Camera } from '../../shared/map/camera.js';
import { type MapView, openMapView } from '../../shared/map/map-view.js';
import type { Padding, Position } from '../../shared/map/plane.js';
import { TEXTS } from './texts.js';

/** The only car; who it is nobody is told. */
const CAR = 'car';
const FOLLOWED = 2;

/** The map of a link: the city and the one car, with the camera on it. */
export class SharedScene {
  readonly camera: Camera;
  readonly #ground: MapView;
  readonly #unsubscribe: () => void;
  #isThere = false;

  static async open(container: HTMLElement, padding: Padding, link: FollowedLink): Promise<SharedScene> {
    return new SharedScene(await openMapView({ container, padding, label: TEXTS.mapLabel }), link);
  }

  private constructor(ground: MapView, link: FollowedLink) {
    const { map, overlay, plane } = ground;
    this.#ground = ground;
    this.camera = new Camera(map, plane, (now) => this.#car(now));
    overlay.beforeFrame = (now) => overlay.followed.moves(now) && this.camera.keepUp(now);
    const show = () => this.#show(link.state.get());
    this.#unsubscribe = link.state.subscribe(show);
    show();
  }

  setPadding(padding: Padding): void {
    this.#ground.map.setPadding(padding);
  }

  /** Greys the car while it may be elsewhere. */
  setStale(stale: boolean): void {
    const { overlay } = this.#ground;
    if (overlay.stale !== stale) overlay.invalidate();
    overlay.stale = stale;
  }

  close(): void {
    this.#unsubscribe();
    this.#ground.close();
  }

  #show({ state, position }: ReturnType<FollowedLink['state']['get']>): void {
    if (position === null) return;
    const { overlay, plane } = this.#ground;
    const seen = { ...plane.from(position), heading: position.heading, status: FOLLOWED };
    const move = overlay.followed.update(CAR, seen, position.t, performance.now());
    if (move !== null) overlay.route.advance(move, state === 'on_trip' ? 1 : 0);
    overlay.invalidate();
    if (!this.#isThere) this.camera.follow(true);
    this.#isThere = true;
  }

  #car(now: number): Position | null {
    const seen = this.#ground.overlay.followed.at(CAR, now);
    return seen === null ? null : this.#ground.plane.position(seen);
  }
}
