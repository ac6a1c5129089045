import type { ReadableAtom } from 'nanostores';
import type { Track, Trip } from '#protocol';
import { isOpen } from '#protocol';
import { Camera } from '../../shared/map/camera.js';
import { drawTrack } from '../../shared/map/draw-track.js';
import { type MapView, openMapView } from '../../shared/map/map-view.js';
import { type PinKind, placePin } from '../../shared/map/pins.js';
import type { Padding, Position } from '../../shared/map/plane.js';
import { RouteAhead } from '../../shared/map/route-ahead.js';
import type { DriverSession } from './session.js';
import type { DriverState } from './state.js';
import { PINS, TEXTS } from './texts.js';

const CAR = 'car';
const FOLLOWED = 2;
/** Closest zoom for the pick-up of an offer. */
const OFFER_ZOOM = 15.6;

/** Interval at which the view follows the car on a trip, ms. */
const REFRAME_MS = 12_000;

/**
 * The driver's map. Without a trip the car is in the middle; during an offer and a trip, the car, both pins and the route are
 * in view.
 */
export class DriverScene {
  readonly camera: Camera;
  readonly #mapView: MapView;
  readonly #$track: ReadableAtom<Track | null>;
  readonly #$state: ReadableAtom<DriverState>;
  readonly #ahead: RouteAhead;
  readonly #cleanup: Array<() => void>;
  #framed = '';
  #framedAt = 0;
  #pins = new Map<PinKind, { at: Position; remove: () => void }>();
  #tripId: string | null = null;
  #shownAt = 0;

  static async open(container: HTMLElement, padding: Padding, session: DriverSession): Promise<DriverScene> {
    return new DriverScene(await openMapView({ container, padding, label: TEXTS.mapLabel }), session);
  }

  private constructor(mapView: MapView, { $state, $track, api }: DriverSession) {
    const { map, overlay, plane, close } = mapView;
    this.#mapView = mapView;
    this.#$track = $track;
    this.#$state = $state;
    this.camera = new Camera(map, plane, (now) => this.#carAt(now));
    const request = () => api.route(placesOf($state.get())?.tripId ?? '');
    this.#ahead = new RouteAhead(mapView, request, () => this.#fit($state.get()));
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

  /** Returns to the car, or during an offer and a trip to all that matters. */
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
    const places = placesOf(state);
    const isDriving = current !== null && current.state !== 'arrived';
    this.#ahead.follow(isDriving ? `${current.id} ${current.state === 'on_trip'}` : null, fix);
    const framed = places === null ? '' : `${places.tripId} ${current?.state ?? 'offered'}`;
    if (framed !== this.#framed) {
      this.#framed = framed;
      // After a trip, leave the map alone if the driver has moved it.
      if (places !== null || this.camera.frames.get()) this.#fit(state);
    } else if (places !== null && this.camera.frames.get() && performance.now() - this.#framedAt > REFRAME_MS)
      this.#fit(state);
  }

  #fit(state: DriverState): void {
    const places = placesOf(state);
    this.#framedAt = performance.now();
    const { fix } = state;
    if (places === null) this.camera.follow(true);
    else
      this.camera.show([...places.places, ...(fix === null ? [] : [fix]), ...this.#ahead.line], OFFER_ZOOM);
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

/** Places of the offer or the open trip that must be in view: after the pick-up, only the destination is ahead. */
function placesOf({ offer, trip }: DriverState): { tripId: string; places: Position[] } | null {
  if (offer !== null) return { tripId: offer.tripId, places: [offer.pickup, offer.dropoff] };
  if (trip === null || !isOpen(trip.state)) return null;
  const places = trip.state === 'on_trip' ? [trip.dropoff] : [trip.pickup, trip.dropoff];
  return { tripId: trip.id, places };
}
