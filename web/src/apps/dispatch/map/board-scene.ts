import type { DriverPosition, Track, Vehicle } from '#protocol';
import { Camera } from '../../../shared/map/camera.js';
import { CellLayer } from '../../../shared/map/overlay/cell-layer.js';
import { type MapView, openMapView } from '../../../shared/map/map-view.js';
import { HIDDEN } from '../../../shared/map/palette.js';
import { type PinKind, placePin } from '../../../shared/map/pins.js';
import { apply, boundsOf, type Padding, type Position } from '../../../shared/map/plane.js';
import type { BoardSession } from '../session.js';
import { TEXTS } from '../texts.js';
import { coloured, cornersOf, Density } from './density.js';
import { FOLLOWED, type Marked, styleOf } from './marker-style.js';
import { drawWay, ReplayScene } from './replay-scene.js';

/** From here on vehicles are told apart; farther out cells show where they are. */
const VEHICLES_ZOOM = 13;
/** A vehicle is meant by a click as near as this. */
const REACH_PX = 22;

/** The map of the board: cells or vehicles, and what is selected. */
export class BoardScene {
  readonly camera: Camera;
  readonly #ground: MapView;
  readonly #session: BoardSession;
  readonly #cells: CellLayer;
  readonly #density = new Density();
  readonly #past: ReplayScene;
  readonly #ending: Array<() => void>;
  /** how each vehicle is drawn, see {@link styleOf} */
  #looks = new Map<string, number>();
  #pins: Array<() => void> = [];
  #hovered: string | null = null;
  #followed: string | null = null;
  #pinned = '';

  static async open(container: HTMLElement, padding: Padding, session: BoardSession): Promise<BoardScene> {
    return new BoardScene(await openMapView({ container, padding, label: TEXTS.map }), session);
  }

  private constructor(ground: MapView, session: BoardSession) {
    const { map, overlay, plane, close } = ground;
    const { client, fleet, selection, measure, drawn, trips, track, connection, replay } = session;
    this.#ground = ground;
    this.#session = session;
    this.#cells = new CellLayer(plane, cornersOf);
    this.camera = new Camera(map, plane, (now) => this.#carAt(now));
    this.#past = new ReplayScene(ground, this.camera);
    overlay.beforeFrame = (now) => overlay.followed.moves(now) && this.camera.keepUp(now);
    map.onRest(() => this.#watch());
    map.onClick((at) => this.#pick(at));
    map.onHover((at) => fleet.hovered.set(at === null ? null : this.#nearest(at)));
    this.#ending = [
      client.on('fleet', ({ moved, gone, snapshot }) => this.#moved(moved, gone, snapshot)),
      client.on('position', (position) => this.#follows(position)),
      fleet.shown.subscribe(() => this.#restyle()),
      fleet.counts.subscribe(() => this.#drawCells()),
      fleet.hovered.subscribe(() => this.#point()),
      measure.subscribe(() => this.#drawCells()),
      drawn.subscribe(() => this.#drawCells()),
      selection.subscribe(() => this.#select()),
      trips.subscribe(() => this.#pinTrip()),
      track.subscribe(() => this.#drawTrack(track.get())),
      replay.subscribe(() => this.#replay()),
      connection.subscribe(() => this.#dim()),
      close,
    ];
    this.#moved([...client.vehicles], [], true);
    this.#watch();
    this.#select();
  }

  setPadding(padding: Padding): void {
    this.#ground.map.setPadding(padding);
  }

  close(): void {
    for (const end of this.#ending) end();
  }

  /** The watched area goes with what is in view. */
  #watch(): void {
    const { map, plane } = this.#ground;
    const view = map.view();
    const showsCells = view.zoom < VEHICLES_ZOOM;
    this.#session.drawn.set(showsCells ? 'cells' : 'vehicles');
    this.#drawCells();
    const bbox = boundsOf(plane, view);
    this.#session.inView.set(bbox);
    const { client, news } = this.#session;
    client
      .watchFleet({ bbox, zoom: Math.round(view.zoom) })
      // Without a connection it is asked for when there is one.
      .catch(() => {})
      .finally(() => news.watch(client.regions));
  }

  #moved(moved: readonly Vehicle[], gone: readonly string[], snapshot: boolean): void {
    if (this.#past.subject === 'area') return;
    const { overlay } = this.#ground;
    const now = performance.now();
    const { fleet } = this.#session;
    const filter = fleet.filter.get();
    const time = fleet.now();
    const marked = this.#marked();
    for (const vehicle of moved) this.#draw(vehicle, styleOf(fleet.row(vehicle, time), filter, marked), now);
    for (const id of gone) {
      overlay.fleet.remove(id, now);
      this.#looks.delete(id);
    }
    if (snapshot) overlay.fleet.keepOnly(new Set(moved.map(({ id }) => id)), now);
    overlay.invalidate();
  }

  /** What passes the filter, and what has grown old: once a second. */
  #restyle(): void {
    if (this.#past.subject === 'area') return;
    const { client, fleet } = this.#session;
    const now = performance.now();
    const filter = fleet.filter.get();
    const time = fleet.now();
    const marked = this.#marked();
    let changes = 0;
    for (const vehicle of client.vehicles) {
      const look = styleOf(fleet.row(vehicle, time), filter, marked);
      if (this.#looks.get(vehicle.id) === look) continue;
      this.#draw(vehicle, look, now);
      changes++;
    }
    if (changes > 0) this.#ground.overlay.invalidate();
    this.#drawCells();
  }

  #marked(): Marked {
    return { followed: this.#followed, hovered: this.#session.fleet.hovered.get() };
  }

  /** The one that is hovered at now, and the one that was. */
  #point(): void {
    if (this.#past.subject === 'area') return;
    const { client, fleet } = this.#session;
    const hovered = fleet.hovered.get();
    for (const id of [this.#hovered, hovered]) {
      const vehicle = id === null ? undefined : client.vehicles.get(id);
      if (vehicle === undefined) continue;
      const look = styleOf(fleet.row(vehicle, fleet.now()), fleet.filter.get(), this.#marked());
      this.#draw(vehicle, look, performance.now());
    }
    this.#hovered = hovered;
    this.#ground.overlay.invalidate();
  }

  #draw({ id, lat, lng, heading, t }: Vehicle, look: number, now: number): void {
    const { overlay, plane } = this.#ground;
    this.#looks.set(id, look);
    overlay.fleet.put(id, { ...plane.from({ lat, lng }), heading, status: look }, t, now);
  }

  #drawCells(): void {
    const { client, trips, fleet, measure, tallies } = this.#session;
    const { map, overlay } = this.#ground;
    const { zoom } = map.view();
    const counts = fleet.counts.get();
    const showsCells = this.#past.subject !== 'area' && (counts !== null || zoom < VEHICLES_ZOOM);
    overlay.showsFleet = !showsCells;
    if (!showsCells) {
      overlay.setCells(null);
      return;
    }
    const tally = this.#density.tally(client.vehicles, trips.get().values(), counts, zoom);
    tallies.set(tally);
    this.#cells.set(coloured(tally, measure.get()));
    overlay.setCells(this.#cells);
  }

  /** A click means the vehicle next to it; far out it brings the place nearer. */
  #pick(at: Position): void {
    if (this.#past.subject === 'area') return;
    const { drawn, selection } = this.#session;
    if (drawn.get() === 'cells') {
      this.#ground.map.easeTo({ center: at, zoom: VEHICLES_ZOOM + 1 });
      return;
    }
    const id = this.#nearest(at);
    selection.set(id === null ? null : { kind: 'driver', id });
  }

  /** The vehicle that is meant by a place, of those that are seen. */
  #nearest(at: Position): string | null {
    const { map, overlay, plane } = this.#ground;
    if (!overlay.showsFleet || this.#past.subject === 'area') return null;
    const toScreen = plane.toScreen(map.view());
    const clicked = apply(toScreen, plane.from(at));
    const now = performance.now();
    let best: string | null = null;
    let least = REACH_PX;
    for (const { id } of this.#session.client.vehicles) {
      const seen = this.#looks.get(id) === HIDDEN ? null : overlay.fleet.at(id, now);
      if (seen === null) continue;
      const { x, y } = apply(toScreen, seen);
      const away = Math.hypot(x - clicked.x, y - clicked.y);
      if (away < least) [best, least] = [id, away];
    }
    return best;
  }

  #select(): void {
    const { overlay, map } = this.#ground;
    const selected = this.#session.selection.get();
    const driverId = this.#session.selectedDriver();
    const now = performance.now();
    if (driverId !== this.#followed) {
      this.#session.replay.set(null);
      if (this.#followed !== null) overlay.followed.remove(this.#followed, now);
      this.#followed = driverId;
      overlay.route.clear(now);
      this.#drawFollowed();
      this.#restyle();
    }
    this.#pinTrip();
    if (driverId !== null) this.camera.follow(true);
    else {
      this.camera.follow(false);
      const trip = selected?.kind === 'trip' ? this.#session.trips.get().get(selected.id) : undefined;
      if (trip !== undefined) map.easeTo({ center: trip.pickup, zoom: VEHICLES_ZOOM + 1.5 });
    }
  }

  #drawFollowed(): void {
    const { overlay, plane } = this.#ground;
    const vehicle = this.#followed === null ? undefined : this.#session.client.vehicles.get(this.#followed);
    if (vehicle !== undefined) {
      const state = { ...plane.from(vehicle), heading: vehicle.heading, status: FOLLOWED };
      overlay.followed.update(vehicle.id, state, vehicle.t, performance.now());
    }
    overlay.invalidate();
  }

  #follows({ driverId, lat, lng, heading, t }: DriverPosition): void {
    if (driverId !== this.#followed || this.#past.subject !== null) return;
    const { overlay, plane } = this.#ground;
    const isFirst = overlay.followed.at(driverId, performance.now()) === null;
    const state = { ...plane.from({ lat, lng }), heading, status: FOLLOWED };
    const move = overlay.followed.update(driverId, state, t, performance.now());
    if (move !== null) overlay.route.advance(move, 1);
    overlay.invalidate();
    if (isFirst) this.camera.follow(true);
  }

  /** What is not heard is grey, and so is the rest of the fleet while the past of one is shown. */
  #dim(): void {
    const { overlay } = this.#ground;
    overlay.stale = this.#past.subject === null && this.#session.connection.get() === 'offline';
    overlay.dimsFleet = this.#past.subject === 'driver';
    overlay.invalidate();
  }

  #replay(): void {
    const replay = this.#session.replay.get();
    const isAnother = this.#past.show(replay);
    if (!isAnother) return;
    this.#dim();
    this.#drawCells();
    if (replay?.subject.kind === 'area') return;
    this.#looks.clear();
    this.#moved([...this.#session.client.vehicles], [], true);
    if (replay !== null) return;
    this.#drawFollowed();
    this.#drawTrack(this.#session.track.get());
  }

  #drawTrack(track: Track | null): void {
    if (track?.geometry?.type !== 'LineString' || track.properties.driverId !== this.#followed) return;
    if (this.#past.subject === null) drawWay(this.#ground, { line: track.geometry.coordinates });
  }

  #pinTrip(): void {
    const trip = this.#session.selectedTrip();
    const name = trip === null ? '' : `${trip.id} ${trip.state === 'on_trip'}`;
    if (name === this.#pinned) return;
    this.#pinned = name;
    for (const remove of this.#pins.splice(0)) remove();
    if (trip === null) return;
    const kinds: PinKind[] = ['pickup', 'dropoff'];
    this.#pins = kinds.map((kind) => placePin(this.#ground.map, kind, TEXTS.pins[kind], trip[kind]));
  }

  #carAt(now: number): Position | null {
    const seen = this.#followed === null ? null : this.#ground.overlay.followed.at(this.#followed, now);
    return seen === null ? null : this.#ground.plane.position(seen);
  }
}
