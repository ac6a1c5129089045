import type { Trip } from '#protocol';
import { isOpen } from '#protocol';
import { Camera } from '../map/camera.js';
import { type Ground, openGround } from '../map/ground.js';
import { type PinKind, placePin } from '../map/pins.js';
import type { Padding, Position } from '../map/plane.js';
import type { DriverSession, DriverState } from './session.js';
import { PINS, TEXTS } from './texts.js';

const CAR = 'car';
const FOLLOWED = 2;

/** The driver's map: the own car in the middle, the way that it drove, and where the trip goes. */
export class DriverScene {
  readonly camera: Camera;
  readonly #ground: Ground;
  readonly #ending: Array<() => void>;
  #pins = new Map<PinKind, { at: Position; remove: () => void }>();
  #tripId: string | null = null;
  #shownAt = 0;

  static async open(container: HTMLElement, padding: Padding, session: DriverSession): Promise<DriverScene> {
    return new DriverScene(await openGround({ container, padding, label: TEXTS.mapLabel }), session);
  }

  private constructor(ground: Ground, { state }: DriverSession) {
    const { map, overlay, plane, close } = ground;
    this.#ground = ground;
    this.camera = new Camera(map, plane, (now) => this.#carAt(now));
    overlay.beforeFrame = (now) => overlay.followed.moves(now) && this.camera.keepUp(now);
    const show = () => this.#show(state.get());
    this.#ending = [state.subscribe(show), close];
    show();
  }

  setPadding(padding: Padding): void {
    this.#ground.map.setPadding(padding);
    // That ended a glide to the car.
    if (this.camera.follows.get()) this.camera.follow(true);
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
  }

  #changeTrip(trip: Trip | null): void {
    this.#tripId = trip?.id ?? null;
    this.#ground.overlay.route.clear(performance.now());
    this.#ground.overlay.invalidate();
  }

  #move({ fix, trip }: DriverState): void {
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
    if (isFirst) this.camera.follow(true);
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
