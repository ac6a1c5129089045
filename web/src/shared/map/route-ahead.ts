import type { DrivingRoute } from '#protocol';
import type { MapView } from './map-view.js';
import type { Position } from './plane.js';
import { cutAt } from './polyline.js';

/** Distance of the car from its route above which it has taken another way, m. */
const DEVIATION_M = 60;
/** Shortest time between two requests for a route, ms. */
const PAUSE_MS = 4_000;

/** The streets that a car still has to drive, drawn from the car onward and requested again when it takes another way. */
export class RouteAhead {
  /** drawn line, from the car to its goal; empty without a route */
  line: readonly Position[] = [];
  readonly #mapView: MapView;
  readonly #request: () => Promise<DrivingRoute | null>;
  readonly #onLine: () => void;
  #goal: string | null = null;
  #route: DrivingRoute | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param request returns the route of the car; null if the service knows no streets
   * @param onLine called with each new route
   */
  constructor(mapView: MapView, request: () => Promise<DrivingRoute | null>, onLine: () => void = () => {}) {
    this.#mapView = mapView;
    this.#request = request;
    this.#onLine = onLine;
  }

  /** Follows the car to a goal, named so that another name is another goal; null draws nothing. */
  follow(goal: string | null, car: Position | null): void {
    if (goal !== this.#goal) {
      this.#goal = goal;
      this.#route = null;
      this.#askedAt = Number.NEGATIVE_INFINITY;
    }
    if (goal === null || car === null) {
      this.#draw([]);
      return;
    }
    const cut = this.#route === null ? null : cutAt(this.#mapView.plane, this.#route.line, car);
    if (cut === null || cut.awayM > DEVIATION_M) void this.#ask(goal, car);
    this.#draw(cut?.rest ?? []);
  }

  async #ask(goal: string, car: Position): Promise<void> {
    if (performance.now() - this.#askedAt < PAUSE_MS) return;
    this.#askedAt = performance.now();
    const route = await this.#request().catch(() => undefined);
    if (goal !== this.#goal || route === undefined) return;
    // Without a router there is none, and there will be none for this goal.
    if (route === null) this.#askedAt = Number.POSITIVE_INFINITY;
    this.#route = route;
    if (route === null) return;
    this.#draw(cutAt(this.#mapView.plane, route.line, car).rest);
    this.#onLine();
  }

  #draw(line: readonly Position[]): void {
    if (line.length === 0 && this.line.length === 0) return;
    const { overlay, plane } = this.#mapView;
    this.line = line;
    const now = performance.now();
    overlay.ahead.clear(now);
    const points = line.map((position) => plane.from(position));
    points.slice(1).forEach((to, i) => {
      overlay.ahead.advance({ from: points[i]!, to, fromT: now - 2, toT: now - 1 }, 0);
    });
    overlay.invalidate();
  }
}
