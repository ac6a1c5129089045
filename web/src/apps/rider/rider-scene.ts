import type { DriverPosition, Track, Trip, TripSummary, Vehicle } from '#protocol';
import { Camera } from '../../shared/map/camera.js';
import { type MapView, openMapView } from '../../shared/map/map-view.js';
import type { Padding, Position } from '../../shared/map/plane.js';
import { drawWay } from '../../shared/map/way.js';
import { RiderPins } from './rider-pins.js';
import type { RiderSession } from './session.js';
import type { RiderState } from './state.js';
import { hasDriver, type Step } from './steps.js';
import { TEXTS } from './texts.js';

const AVAILABLE = 0;
const FOLLOWED = 2;
/** Closer than this nothing is to be seen of the streets around. */
const CLOSE_ZOOM = 15.6;
const CARS_ZOOM = 14.6;
/** How many of the nearest cars are brought into view with the pin. */
const FRAMED_CARS = 4;
const MIN_REACH_M = 350;
const MAX_REACH_M = 800;
/** The car comes nearer: what is in view is fitted anew so often. */
const REFRAME_MS = 12_000;
/** The map of the rider: cars around the pin, then the one that comes, and the way that it drove. */
export class RiderScene {
  readonly camera: Camera;
  readonly #ground: MapView;
  readonly #session: RiderSession;
  readonly #pins: RiderPins;
  readonly #ending: Array<() => void>;
  #driverId: string | null = null;
  #tripId: string | null = null;
  #step: Step | null = null;
  #framedAt = 0;
  #framedCars = false;
  #summed: TripSummary | null = null;

  static async open(container: HTMLElement, padding: Padding, session: RiderSession): Promise<RiderScene> {
    return new RiderScene(await openMapView({ container, padding, label: TEXTS.mapLabel }), session);
  }

  private constructor(ground: MapView, session: RiderSession) {
    const { map, overlay, plane, close } = ground;
    this.#ground = ground;
    this.#session = session;
    this.camera = new Camera(map, plane, (now) => this.#carAt(now));
    this.#pins = new RiderPins(map, (kind, to) => session.place(kind, to));
    map.onClick((at) => session.place(session.state.get().choosing, at));
    const { client, state, track } = session;
    this.#ending = [
      client.on('cars', ({ moved, gone, snapshot }) => this.#carsMoved(moved, gone, snapshot)),
      state.subscribe(() => this.#show(state.get())),
      track.subscribe(() => this.#drive(track.get(), state.get().trip)),
      close,
    ];
    this.#carsMoved([...client.cars], [], true);
    this.#show(state.get());
    this.#drive(track.get(), state.get().trip);
    overlay.invalidate();
  }

  setPadding(padding: Padding): void {
    this.#ground.map.setPadding(padding);
    if (this.camera.frames.get()) this.#frame();
  }

  /** Greys the cars while they may be elsewhere. */
  setStale(stale: boolean): void {
    const { overlay } = this.#ground;
    if (overlay.stale !== stale) overlay.invalidate();
    overlay.stale = stale;
  }

  close(): void {
    for (const end of this.#ending) end();
  }

  #carsMoved(moved: Vehicle[], gone: string[], snapshot: boolean): void {
    const { overlay, plane } = this.#ground;
    const now = performance.now();
    for (const { id, lat, lng, heading, t } of moved)
      overlay.fleet.update(id, { ...plane.from({ lat, lng }), heading, status: AVAILABLE }, t, now);
    for (const id of gone) overlay.fleet.remove(id, now);
    if (snapshot) overlay.fleet.keepOnly(new Set(moved.map(({ id }) => id)), now);
    overlay.invalidate();
    if (this.#step === 'choosing' && !this.#framedCars && moved.length > 0) this.#frame();
  }

  #show(state: RiderState): void {
    const { step, trip, position } = state;
    const { overlay } = this.#ground;
    if ((trip?.id ?? null) !== this.#tripId) this.#changeTrip(trip?.id ?? null);
    if (hasDriver(step)) overlay.fleet.keepOnly(new Set(), performance.now());
    const isLoose = step === 'choosing';
    const pickupMoved = this.#pins.show('pickup', step === 'on_trip' ? null : state.pickup, isLoose);
    const dropoffMoved = this.#pins.show('dropoff', state.dropoff, isLoose);
    this.#pins.setSearching(step === 'searching');
    if (pickupMoved) this.#framedCars = false;
    if (pickupMoved && isLoose) this.#bringIntoView(state.pickup);
    if (dropoffMoved && isLoose && state.dropoff !== null) this.#bringIntoView(state.dropoff);
    if (position !== null && hasDriver(step)) this.#move(position, step);
    if (step === 'done') this.#parked(state.summary);
    if (step === this.#step) return;
    this.#step = step;
    this.#frame();
  }

  #bringIntoView(place: Position): void {
    if (this.camera.isInView(place)) return;
    // It was just chosen, so it is to be seen, whatever the map was held at.
    this.camera.frames.set(true);
    this.#frame();
  }

  /** The car drives on to others; what is left is the way. */
  #parked(summary: TripSummary | null): void {
    if (this.#driverId !== null) this.#ground.overlay.followed.remove(this.#driverId, performance.now());
    this.#driverId = null;
    if (summary === null || this.#summed === summary) return;
    this.#summed = summary;
    this.#drive(summary.track, summary.trip);
    this.#frame();
  }

  #changeTrip(tripId: string | null): void {
    const { overlay } = this.#ground;
    const now = performance.now();
    this.#tripId = tripId;
    if (this.#driverId !== null) overlay.followed.remove(this.#driverId, now);
    this.#driverId = null;
    overlay.route.clear(now);
    overlay.invalidate();
    this.camera.frames.set(true);
  }

  #move(position: DriverPosition, step: Step): void {
    const { overlay, plane } = this.#ground;
    const now = performance.now();
    const isNew = this.#driverId !== position.driverId;
    if (isNew && this.#driverId !== null) overlay.followed.remove(this.#driverId, now);
    this.#driverId = position.driverId;
    const seen = { ...plane.from(position), heading: position.heading, status: FOLLOWED };
    const move = overlay.followed.update(position.driverId, seen, position.t, now);
    if (move !== null) overlay.route.advance(move, step === 'on_trip' ? 1 : 0);
    overlay.invalidate();
    const isDue = now - this.#framedAt > REFRAME_MS || !this.camera.isInView(position);
    if (isNew || (isDue && this.camera.frames.get() && !this.#ground.map.isBusy())) this.#frame();
  }

  #drive(track: Track | null, trip: Trip | null): void {
    if (track !== null && trip !== null) drawWay(this.#ground, track, trip.times.on_trip);
  }

  /** Brings into view what matters now. */
  #frame(): void {
    const { step, pickup, dropoff, position, summary } = this.#session.state.get();
    this.#framedAt = performance.now();
    const car = position === null || !hasDriver(step) ? [] : [position];
    const to = dropoff === null ? [] : [dropoff];
    if (step === 'approach' || step === 'arrived') this.camera.frameTrip([pickup, ...car], CLOSE_ZOOM);
    else if (step === 'on_trip' || step === 'done')
      this.camera.frameTrip([pickup, ...to, ...car, ...placesOf(summary)], CLOSE_ZOOM);
    else {
      this.#framedCars = this.#session.client.cars.size > 0;
      this.camera.frameTrip(
        [pickup, ...(step === 'searching' ? [] : to), ...this.#around(pickup)],
        CARS_ZOOM,
      );
    }
  }

  /** So far to each side of a place that the nearest cars are about as far, and the place is in the middle. */
  #around(place: Position): Position[] {
    const { plane } = this.#ground;
    const { x, y } = plane.from(place);
    const away = [...this.#session.client.cars]
      .map((car) => Math.hypot(plane.from(car).x - x, plane.from(car).y - y))
      .sort((a, b) => a - b);
    const far = away[Math.min(FRAMED_CARS, away.length) - 1] ?? MIN_REACH_M;
    const reach = Math.min(MAX_REACH_M, Math.max(MIN_REACH_M, far));
    return [
      { x: x - reach, y },
      { x: x + reach, y },
      { x, y: y - reach },
      { x, y: y + reach },
    ].map((point) => plane.position(point));
  }

  #carAt(now: number): Position | null {
    const seen = this.#driverId === null ? null : this.#ground.overlay.followed.at(this.#driverId, now);
    return seen === null ? null : this.#ground.plane.position(seen);
  }
}

const placesOf = (summary: TripSummary | null): Position[] =>
  summary?.track?.geometry?.type === 'LineString'
    ? summary.track.geometry.coordinates.map(([lng, lat]) => ({ lat, lng }))
    : [];
