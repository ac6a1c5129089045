import type { ReadableAtom } from 'nanostores';
import type { Track, Trip } from '#protocol';
import { isOpen } from '#protocol';
import { Camera } from '../../shared/map/camera.js';
import { drawTrack } from '../../shared/map/draw-track.js';
import { type MapView, openMapView } from '../../shared/map/map-view.js';
import { type PinKind, placePin } from '../../shared/map/pins.js';
import type { Padding, Position } from '../../shared/map/plane.js';
import type { DriverSession } from './session.js';
import type { DriverState } from './state.js';
import { PINS, TEXTS } from './texts.js';

const CAR = 'car';
const FOLLOWED = 2;
/** Closest zoom for the pick-up of an offer. */
const OFFER_ZOOM = 15.6;

/** The driver's map: the car in the middle, the path that it drove, and the pins of the trip. */
export class DriverScene {
  readonly camera: Camera;
  readonly #mapView: MapView;
  readonly #$track: ReadableAtom<Track | null>;
  readonly #$state: ReadableAtom<DriverState>;
  readonly #cleanup: Array<() => void>;
  #pins = new Map<PinKind, { at: Position; remove: () => void }>();
  #tripId: string | null = null;
  #offerId: string | null = null;
  #shownAt = 0;

  static async open(container: HTMLElement, padding: Padding, session: DriverSession): Promise<DriverScene> {
    return new DriverScene(await openMapView({ container, padding, label: TEXTS.mapLabel }), session);
  }

  private constructor(mapView: MapView, { $state, $track }: DriverSession) {
    const { map, overlay, plane, close } = mapView;
    this.#mapView = mapView;
    this.#$track = $track;
    this.#$state = $state;
    this.camera = new Camera(map, plane, (now) => this.#carAt(now));
    overlay.beforeFrame = (now) => overlay.followed.moves(now) && this.camera.keepUp(now);
    this.#cleanup = [
      $state.subscribe(() => this.#show($state.get())),
      $track.subscribe((track) => this.#drawTrack(track, $state.get())),
      close,
    ];
  }

  setPadding(padding: Padding): void {
    this.#mapView.map.setPadding(padding);
    // Changing the padding stops a running camera animation.
    if (this.camera.follows.get() || this.camera.frames.get()) this.recentre();
  }

  /** Returns to the car, or during an offer to the car and the pick-up. */
  recentre(): void {
    this.#fit(this.#$state.get());
  }

  /** Greys out the car while its position is not sent. */
  setStale(stale: boolean): void {
    const { overlay } = this.#mapView;
    if (overlay.stale !== stale) overlay.invalidate();
    overlay.stale = stale;
  }

  close(): void {
    for (const stop of this.#cleanup) stop();
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
    // After an offer, leave the map alone if the driver has moved it.
    if (!isOver || this.camera.frames.get()) this.#fit(state);
  }

  #fit({ offer, fix }: DriverState): void {
    if (offer === null) this.camera.follow(true);
    else this.camera.show([offer.pickup, ...(fix === null ? [] : [fix])], OFFER_ZOOM);
  }

  #changeTrip(trip: Trip | null): void {
    this.#tripId = trip?.id ?? null;
    this.#mapView.overlay.route.clear(performance.now());
    this.#mapView.overlay.invalidate();
  }

  #move(state: DriverState): void {
    const { fix, trip } = state;
    if (fix === null) return;
    const { overlay, plane } = this.#mapView;
    const isFirst = this.#shownAt === 0;
    this.#shownAt = fix.t;
    const { x, y } = plane.from(fix);
    const heading = fix.heading ?? overlay.followed.at(CAR, performance.now())?.heading ?? 0;
    const move = overlay.followed.update(CAR, { x, y, heading, status: FOLLOWED }, fix.t, performance.now());
    const isOnTrip = trip !== null && isOpen(trip.state);
    if (move !== null && isOnTrip) overlay.route.advance(move, trip.state === 'on_trip' ? 1 : 0);
    overlay.invalidate();
    if (!isFirst) return;
    this.#drawTrack(this.#$track.get(), state);
    this.#fit(state);
  }

  /** Draws the path driven before this page was opened, up to the car. */
  #drawTrack(track: Track | null, { trip, fix }: DriverState): void {
    if (track !== null && trip !== null)
      drawTrack(this.#mapView, track, trip.times.on_trip, fix ?? undefined);
  }

  #pin(kind: PinKind, at: Position | null): void {
    const pinned = this.#pins.get(kind);
    if (pinned !== undefined && at !== null && pinned.at.lat === at.lat && pinned.at.lng === at.lng) return;
    pinned?.remove();
    this.#pins.delete(kind);
    if (at !== null) this.#pins.set(kind, { at, remove: placePin(this.#mapView.map, kind, PINS[kind], at) });
  }

  #carAt(now: number): Position | null {
    const marker = this.#mapView.overlay.followed.at(CAR, now);
    return marker === null ? null : this.#mapView.plane.position(marker);
  }
}
