import type { Track, Trip } from '#protocol';
import { isOpen } from '#protocol';
import type { Store } from '../../shared/live/store.js';
import { Camera } from '../../shared/map/camera.js';
import { type MapView, openMapView } from '../../shared/map/map-view.js';
import { type PinKind, placePin } from '../../shared/map/pins.js';
import type { Padding, Position } from '../../shared/map/plane.js';
import { drawWay } from '../../shared/map/way.js';
import type { DriverSession } from './session.js';
import type { DriverState } from './state.js';
import { PINS, TEXTS } from './texts.js';

const CAR = 'car';
const FOLLOWED = 2;
/** Not closer, however near the pick-up of an offer is. */
const OFFER_ZOOM = 15.6;

/** The driver's map: the own car in the middle, the way that it drove, and where the trip goes. */
export class DriverScene {
  readonly camera: Camera;
  readonly #ground: MapView;
  readonly #track: Store<Track | null>;
  readonly #state: Store<DriverState>;
  readonly #ending: Array<() => void>;
  #pins = new Map<PinKind, { at: Position; remove: () => void }>();
  #tripId: string | null = null;
  #offerId: string | null = null;
  #shownAt = 0;

  static async open(container: HTMLElement, padding: Padding, session: DriverSession): Promise<DriverScene> {
    return new DriverScene(await openMapView({ container, padding, label: TEXTS.mapLabel }), session);
  }

  private constructor(ground: MapView, { state, track }: DriverSession) {
    const { map, overlay, plane, close } = ground;
    this.#ground = ground;
    this.#track = track;
    this.#state = state;
    this.camera = new Camera(map, plane, (now) => this.#carAt(now));
    overlay.beforeFrame = (now) => overlay.followed.moves(now) && this.camera.keepUp(now);
    const show = () => this.#show(state.get());
    const drive = () => this.#drive(track.get(), state.get());
    this.#ending = [state.subscribe(show), track.subscribe(drive), close];
    show();
    drive();
  }

  setPadding(padding: Padding): void {
    this.#ground.map.setPadding(padding);
    // That ended a glide to what is to be seen.
    if (this.camera.follows.get() || this.camera.frames.get()) this.recentre();
  }

  /** Back to the car; while a trip is offered, to the way to its pick-up. */
  recentre(): void {
    this.#look(this.#state.get());
  }

  /** Greys the car while nobody hears of it. */
  setStale(stale: boolean): void {
    const { overlay } = this.#ground;
    if (overlay.stale !== stale) overlay.invalidate();
    overlay.stale = stale;
  }

  close(): void {
    for (const end of this.#ending) end();
  }

  #show(state: DriverState): void {
    const { offer, trip, fix } = state;
    const current = trip !== null && isOpen(trip.state) ? trip : null;
    const shown = offer ?? current;
    this.#pin('pickup', shown !== null && current?.state !== 'on_trip' ? shown.pickup : null);
    this.#pin('dropoff', shown?.dropoff ?? null);
    if ((trip?.id ?? null) !== this.#tripId) this.#changeTrip(trip);
    if (fix !== null && fix.t !== this.#shownAt) this.#move(state);
    if ((offer?.tripId ?? null) === this.#offerId) return;
    const isOver = offer === null;
    this.#offerId = offer?.tripId ?? null;
    // Who took the map in hand meanwhile keeps it.
    if (!isOver || this.camera.frames.get()) this.#look(state);
  }

  #look({ offer, fix }: DriverState): void {
    if (offer === null) this.camera.follow(true);
    else this.camera.show([offer.pickup, ...(fix === null ? [] : [fix])], OFFER_ZOOM);
  }

  #changeTrip(trip: Trip | null): void {
    this.#tripId = trip?.id ?? null;
    this.#ground.overlay.route.clear(performance.now());
    this.#ground.overlay.invalidate();
  }

  #move(state: DriverState): void {
    const { fix, trip } = state;
    if (fix === null) return;
    const { overlay, plane } = this.#ground;
    const isFirst = this.#shownAt === 0;
    this.#shownAt = fix.t;
    const { x, y } = plane.from(fix);
    const heading = fix.heading ?? overlay.followed.at(CAR, performance.now())?.heading ?? 0;
    const move = overlay.followed.update(CAR, { x, y, heading, status: FOLLOWED }, fix.t, performance.now());
    const drives = trip !== null && isOpen(trip.state);
    if (move !== null && drives) overlay.route.advance(move, trip.state === 'on_trip' ? 1 : 0);
    overlay.invalidate();
    if (!isFirst) return;
    this.#drive(this.#track.get(), state);
    this.#look(state);
  }

  /** Draws what was driven before this page looked, up to where the car is. */
  #drive(track: Track | null, { trip, fix }: DriverState): void {
    if (track !== null && trip !== null) drawWay(this.#ground, track, trip.times.on_trip, fix ?? undefined);
  }

  #pin(kind: PinKind, at: Position | null): void {
    const pinned = this.#pins.get(kind);
    if (pinned !== undefined && at !== null && pinned.at.lat === at.lat && pinned.at.lng === at.lng) return;
    pinned?.remove();
    this.#pins.delete(kind);
    if (at !== null) this.#pins.set(kind, { at, remove: placePin(this.#ground.map, kind, PINS[kind], at) });
  }

  #carAt(now: number): Position | null {
    const seen = this.#ground.overlay.followed.at(CAR, now);
    return seen === null ? null : this.#ground.plane.position(seen);
  }
}
