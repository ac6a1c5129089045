import type { Car, DriverPosition, Track, Trip, TripSummary } from '#protocol';
import { Camera } from '../../shared/map/camera.js';
import { type MapView, openMapView } from '../../shared/map/map-view.js';
import type { Padding, Position } from '../../shared/map/plane.js';
import type { RouteAhead } from '../../shared/map/route-ahead.js';
import { withRetry } from '../../shared/ui/lazy-with-retry.js';
import { CarPaths } from './car-paths.js';
import { RiderPins } from './rider-pins.js';
import type { RiderSession } from './session.js';
import type { RiderState } from './state.js';
import { hasDriver, type Step } from './steps.js';
import { TEXTS } from './texts.js';

const AVAILABLE = 0;
const FOLLOWED = 2;
/** Closest zoom on a trip: beyond it the surrounding streets are out of view. */
const CLOSE_ZOOM = 15.6;
const CARS_ZOOM = 14.6;
/** Number of nearest cars shown around the pick-up. */
const FRAMED_CARS = 4;
/** Smallest and largest distance from the pick-up to the edge of the view, m. */
const MIN_REACH_M = 350;
const MAX_REACH_M = 800;
/** Interval at which the view follows the approaching car, ms. */
const REFRAME_MS = 12_000;
/** Time after the first screen is there until the service area is read, ms. */
const SERVICE_DELAY_MS = 4_000;

/** The rider's map: nearby cars around the pin, then the rider's car and the path that it drove. */
export class RiderScene {
  readonly camera: Camera;
  readonly #mapView: MapView;
  readonly #session: RiderSession;
  readonly #pins: RiderPins;
  readonly #paths = new CarPaths();
  readonly #cleanup: Array<() => void>;
  #serviceTimer: ReturnType<typeof setTimeout> | undefined;
  #driverId: string | null = null;
  #tripId: string | null = null;
  #step: Step | null = null;
  /** loaded once there is a car to follow */
  #ahead: RouteAhead | null | 'loading' = null;
  #framedAt = 0;
  #framedCars = false;
  #shownSummary: TripSummary | null = null;

  static async open(container: HTMLElement, padding: Padding, session: RiderSession): Promise<RiderScene> {
    return new RiderScene(await openMapView({ container, padding, label: TEXTS.mapLabel }), session);
  }

  private constructor(mapView: MapView, session: RiderSession) {
    const { map, overlay, plane, close } = mapView;
    this.#mapView = mapView;
    this.#session = session;
    this.camera = new Camera(map, plane, (now) => this.#carAt(now));
    this.#pins = new RiderPins(map, (kind, to) => session.placePin(kind, to));
    map.onClick((at) => session.placePin(session.state.get().choosing, at));
    const { client, state, $track } = session;
    this.#carsMoved([...client.cars], [], true);
    this.#cleanup = [
      client.on('cars', ({ moved, gone, snapshot }) => this.#carsMoved(moved, gone, snapshot)),
      state.$state.subscribe(() => this.#show(state.get())),
      $track.subscribe((track) => this.#drawTrack(track, state.get().trip)),
      close,
    ];
    overlay.invalidate();
  }

  setPadding(padding: Padding): void {
    this.#mapView.map.setPadding(padding);
    if (this.camera.frames.get()) this.#frame();
  }

  /** Greys out the cars while their positions may be wrong. */
  setStale(stale: boolean): void {
    const { overlay } = this.#mapView;
    if (overlay.stale !== stale) overlay.invalidate();
    overlay.stale = stale;
  }

  close(): void {
    clearTimeout(this.#serviceTimer);
    for (const stop of this.#cleanup.splice(0)) stop();
  }

  /** The first screen does without it. */
  async #showService(): Promise<void> {
    const { showServiceHere } = await withRetry(() => import('./service-here.js'));
    // Closed meanwhile.
    if (this.#cleanup.length === 0) return;
    this.#cleanup.unshift(showServiceHere(this.#mapView.map, this.#session));
  }

  #carsMoved(moved: Car[], gone: string[], snapshot: boolean): void {
    const { overlay, plane } = this.#mapView;
    const now = performance.now();
    for (const car of moved) {
      const { lat, lng, heading } = this.#paths.next(car);
      overlay.fleet.update(car.id, { ...plane.from({ lat, lng }), heading, status: AVAILABLE }, car.t, now);
    }
    for (const id of gone) overlay.fleet.remove(id, now);
    const ids = new Set(moved.map(({ id }) => id));
    if (snapshot) overlay.fleet.keepOnly(ids, now);
    this.#paths.forget(snapshot ? (id) => !ids.has(id) : (id) => gone.includes(id));
    overlay.invalidate();
    if (this.#step === 'choosing' && !this.#framedCars && moved.length > 0) this.#frame();
  }

  #show(state: RiderState): void {
    const { step, trip, position } = state;
    const { overlay } = this.#mapView;
    if ((trip?.id ?? null) !== this.#tripId) this.#changeTrip(trip?.id ?? null);
    if (hasDriver(step)) overlay.fleet.keepOnly(new Set(), performance.now());
    const isDraggable = step === 'choosing';
    const pickupMoved = this.#pins.show('pickup', step === 'on_trip' ? null : state.pickup, isDraggable);
    const dropoffMoved = this.#pins.show('dropoff', state.dropoff, isDraggable);
    this.#pins.setSearching(step === 'searching');
    if (pickupMoved) this.#framedCars = false;
    if (pickupMoved && isDraggable) this.#bringIntoView(state.pickup);
    if (dropoffMoved && isDraggable && state.dropoff !== null) this.#bringIntoView(state.dropoff);
    if (position !== null && hasDriver(step)) this.#move(position, step);
    this.#showAhead(state);
    if (step === 'done') this.#showSummary(state.summary);
    if (step === this.#step) return;
    this.#step = step;
    if (step === 'choosing') this.#serviceTimer ??= setTimeout(() => this.#showService(), SERVICE_DELAY_MS);
    this.#frame();
  }

  #showAhead({ step, trip, position }: RiderState): void {
    if (this.#ahead === null && hasDriver(step)) {
      this.#ahead = 'loading';
      void withRetry(() => import('../../shared/map/route-ahead.js')).then(({ RouteAhead }) => {
        const { api, state } = this.#session;
        const request = () => api.route(state.get().trip?.id ?? '');
        this.#ahead = new RouteAhead(this.#mapView, request, () => this.#frame());
        this.#showAhead(state.get());
      });
    }
    if (this.#ahead === null || this.#ahead === 'loading') return;
    const isDriving = trip !== null && (step === 'approach' || step === 'on_trip');
    this.#ahead.follow(isDriving ? `${trip.id} ${step}` : null, position);
  }

  #bringIntoView(place: Position): void {
    if (this.camera.isInView(place)) return;
    // The rider just chose this place, so show it even if the rider had moved the map.
    this.camera.frames.set(true);
    this.#frame();
  }

  /** Removes the car, which drives on to other riders, and draws the whole path. */
  #showSummary(summary: TripSummary | null): void {
    if (this.#driverId !== null) this.#mapView.overlay.followed.remove(this.#driverId, performance.now());
    this.#driverId = null;
    if (summary === null || this.#shownSummary === summary) return;
    this.#shownSummary = summary;
    this.#drawTrack(summary.track, summary.trip);
    this.#frame();
  }

  #changeTrip(tripId: string | null): void {
    const { overlay } = this.#mapView;
    const now = performance.now();
    this.#tripId = tripId;
    if (this.#driverId !== null) overlay.followed.remove(this.#driverId, now);
    this.#driverId = null;
    overlay.route.clear(now);
    overlay.invalidate();
    this.camera.frames.set(true);
  }

  #move(position: DriverPosition, step: Step): void {
    const { overlay, plane } = this.#mapView;
    const now = performance.now();
    const isNew = this.#driverId !== position.driverId;
    if (isNew && this.#driverId !== null) overlay.followed.remove(this.#driverId, now);
    this.#driverId = position.driverId;
    const marker = { ...plane.from(position), heading: position.heading, status: FOLLOWED };
    const move = overlay.followed.update(position.driverId, marker, position.t, now);
    if (move !== null) overlay.route.advance(move, step === 'on_trip' ? 1 : 0);
    overlay.invalidate();
    const isDue = now - this.#framedAt > REFRAME_MS || !this.camera.isInView(position);
    if (isNew || (isDue && this.camera.frames.get() && !this.#mapView.map.isBusy())) this.#frame();
  }

  #drawTrack(track: Track | null, trip: Trip | null): void {
    if (track !== null && trip !== null)
      void withRetry(() => import('../../shared/map/draw-track.js')).then(({ drawTrack }) => {
        if (this.#tripId === trip.id) drawTrack(this.#mapView, track, trip.times.on_trip);
      });
  }

  /** Fits the view to what matters at this step. */
  #frame(): void {
    const { step, pickup, dropoff, position, summary } = this.#session.state.get();
    this.#framedAt = performance.now();
    const car = position === null || !hasDriver(step) ? [] : [position];
    const to = dropoff === null ? [] : [dropoff];
    const ahead = this.#ahead === null || this.#ahead === 'loading' ? [] : this.#ahead.line;
    if (step === 'approach' || step === 'arrived')
      this.camera.frameTrip([pickup, ...car, ...ahead], CLOSE_ZOOM);
    else if (step === 'on_trip' || step === 'done')
      this.camera.frameTrip([pickup, ...to, ...car, ...ahead, ...placesOf(summary)], CLOSE_ZOOM);
    else {
      this.#framedCars = this.#session.client.cars.size > 0;
      this.camera.frameTrip(
        [pickup, ...(step === 'searching' ? [] : to), ...this.#around(pickup)],
        CARS_ZOOM,
      );
    }
  }

  /** Corners of a view with the place in its middle and the nearest cars inside. */
  #around(place: Position): Position[] {
    const { plane } = this.#mapView;
    const { x, y } = plane.from(place);
    const distances = [...this.#session.client.cars]
      .map((car) => Math.hypot(plane.from(car).x - x, plane.from(car).y - y))
      .sort((a, b) => a - b);
    const farthest = distances[Math.min(FRAMED_CARS, distances.length) - 1] ?? MIN_REACH_M;
    const reach = Math.min(MAX_REACH_M, Math.max(MIN_REACH_M, farthest));
    return [
      { x: x - reach, y },
      { x: x + reach, y },
      { x, y: y - reach },
      { x, y: y + reach },
    ].map((point) => plane.position(point));
  }

  #carAt(now: number): Position | null {
    const marker = this.#driverId === null ? null : this.#mapView.overlay.followed.at(this.#driverId, now);
    return marker === null ? null : this.#mapView.plane.position(marker);
  }
}

const placesOf = (summary: TripSummary | null): Position[] =>
  summary?.track?.geometry?.type === 'LineString'
    ? summary.track.geometry.coordinates.map(([lng, lat]) => ({ lat, lng }))
    : [];
