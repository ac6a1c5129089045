import type { DriverPosition, Track, Vehicle } from '#protocol';
import { Camera } from '../../../shared/map/camera.js';
import { type MapView, openMapView } from '../../../shared/map/map-view.js';
import { CellLayer } from '../../../shared/map/overlay/cell-layer.js';
import { HIDDEN } from '../../../shared/map/palette.js';
import { type PinKind, placePin } from '../../../shared/map/pins.js';
import { apply, boundsOf, type Padding, type Position } from '../../../shared/map/plane.js';
import type { BoardSession } from '../session.js';
import { TEXTS } from '../texts.js';
import { coloured, cornersOf, Density } from './density.js';
import { FOLLOWED, type Highlighted, markerStyle } from './marker-style.js';
import { drawPath, ReplayScene } from './replay-scene.js';

/** From this zoom on the map shows vehicles, below it cells. */
const VEHICLES_ZOOM = 13;
/** Maximum distance from the pointer at which a vehicle is hit. */
const HIT_PX = 22;

/** Draws the board's map: cells or vehicles, the selection, and the replay. */
export class BoardScene {
  readonly camera: Camera;
  readonly #mapView: MapView;
  readonly #session: BoardSession;
  readonly #cells: CellLayer;
  readonly #density = new Density();
  readonly #replay: ReplayScene;
  readonly #subscriptions: Array<() => void>;
  /** status code of each vehicle as drawn, see {@link markerStyle} */
  #styles = new Map<string, number>();
  #pins: Array<() => void> = [];
  #hovered: string | null = null;
  #followed: string | null = null;
  #pinned = '';

  static async open(container: HTMLElement, padding: Padding, session: BoardSession): Promise<BoardScene> {
    return new BoardScene(await openMapView({ container, padding, label: TEXTS.map }), session);
  }

  private constructor(mapView: MapView, session: BoardSession) {
    const { map, overlay, plane, close } = mapView;
    const { client, fleet, $selection, $measure, $drawn, $trips, $track, $connection, $replay } = session;
    this.#mapView = mapView;
    this.#session = session;
    this.#cells = new CellLayer(plane, cornersOf);
    this.camera = new Camera(map, plane, (now) => this.#followedAt(now));
    this.#replay = new ReplayScene(mapView, this.camera);
    overlay.beforeFrame = (now) => overlay.followed.moves(now) && this.camera.keepUp(now);
    map.onRest(() => this.#watch());
    map.onClick((at) => this.#click(at));
    map.onHover((at) => fleet.$hovered.set(at === null ? null : this.#nearest(at)));
    this.#subscriptions = [
      client.on('fleet', ({ moved, gone, snapshot }) => this.#moved(moved, gone, snapshot)),
      client.on('position', (position) => this.#moveFollowed(position)),
      fleet.$shown.listen(() => this.#restyle()),
      fleet.$counts.listen(() => this.#drawCells()),
      fleet.$hovered.listen(() => this.#hover()),
      $measure.listen(() => this.#drawCells()),
      $drawn.listen(() => this.#drawCells()),
      $selection.listen(() => this.#select()),
      $trips.listen(() => this.#pinTrip()),
      $track.listen(() => this.#drawTrack($track.get())),
      $replay.listen(() => this.#showReplay()),
      $connection.listen(() => this.#dim()),
      close,
    ];
    this.#moved([...client.vehicles], [], true);
    this.#watch();
    this.#select();
  }

  setPadding(padding: Padding): void {
    this.#mapView.map.setPadding(padding);
  }

  close(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
  }

  /** Watches the area in view. */
  #watch(): void {
    const { map, plane } = this.#mapView;
    const view = map.view();
    const showsCells = view.zoom < VEHICLES_ZOOM;
    this.#session.$drawn.set(showsCells ? 'cells' : 'vehicles');
    this.#drawCells();
    const bbox = boundsOf(plane, view);
    this.#session.$inView.set(bbox);
    const { client, activity } = this.#session;
    client
      .watchFleet({ bbox, zoom: Math.round(view.zoom) })
      // Without a connection, the client sends the watch once it is connected.
      .catch(() => {})
      .finally(() => activity.watch(client.regions));
  }

  #moved(moved: readonly Vehicle[], gone: readonly string[], snapshot: boolean): void {
    if (this.#replay.subject === 'area') return;
    const { overlay } = this.#mapView;
    const now = performance.now();
    const { fleet } = this.#session;
    const filter = fleet.$filter.get();
    const time = fleet.now();
    const highlighted = this.#highlighted();
    for (const vehicle of moved)
      this.#draw(vehicle, markerStyle(fleet.row(vehicle, time), filter, highlighted), now);
    for (const id of gone) {
      overlay.fleet.remove(id, now);
      this.#styles.delete(id);
    }
    if (snapshot) overlay.fleet.keepOnly(new Set(moved.map(({ id }) => id)), now);
    overlay.invalidate();
  }

  /** Updates the styles after a filter change or with age. Called once a second. */
  #restyle(): void {
    if (this.#replay.subject === 'area') return;
    const { client, fleet } = this.#session;
    const now = performance.now();
    const filter = fleet.$filter.get();
    const time = fleet.now();
    const highlighted = this.#highlighted();
    let changes = 0;
    for (const vehicle of client.vehicles) {
      const style = markerStyle(fleet.row(vehicle, time), filter, highlighted);
      if (this.#styles.get(vehicle.id) === style) continue;
      this.#draw(vehicle, style, now);
      changes++;
    }
    if (changes > 0) this.#mapView.overlay.invalidate();
    this.#drawCells();
  }

  #highlighted(): Highlighted {
    return { followed: this.#followed, hovered: this.#session.fleet.$hovered.get() };
  }

  /** Redraws the hovered vehicle and the one hovered before. */
  #hover(): void {
    if (this.#replay.subject === 'area') return;
    const { client, fleet } = this.#session;
    const hovered = fleet.$hovered.get();
    for (const id of [this.#hovered, hovered]) {
      const vehicle = id === null ? undefined : client.vehicles.get(id);
      if (vehicle === undefined) continue;
      const style = markerStyle(fleet.row(vehicle, fleet.now()), fleet.$filter.get(), this.#highlighted());
      this.#draw(vehicle, style, performance.now());
    }
    this.#hovered = hovered;
    this.#mapView.overlay.invalidate();
  }

  #draw({ id, lat, lng, heading, t }: Vehicle, style: number, now: number): void {
    const { overlay, plane } = this.#mapView;
    this.#styles.set(id, style);
    overlay.fleet.put(id, { ...plane.from({ lat, lng }), heading, status: style }, t, now);
  }

  #drawCells(): void {
    const { client, $trips, fleet, $measure, $tallies } = this.#session;
    const { map, overlay } = this.#mapView;
    const { zoom } = map.view();
    const counts = fleet.$counts.get();
    const showsCells = this.#replay.subject !== 'area' && (counts !== null || zoom < VEHICLES_ZOOM);
    overlay.showsFleet = !showsCells;
    if (!showsCells) {
      overlay.setCells(null);
      return;
    }
    const tally = this.#density.tally(client.vehicles, $trips.get().values(), counts, zoom);
    $tallies.set(tally);
    this.#cells.set(coloured(tally, $measure.get()));
    overlay.setCells(this.#cells);
  }

  /** Selects the vehicle next to the click. On cells it zooms in instead. */
  #click(at: Position): void {
    if (this.#replay.subject === 'area') return;
    const { $drawn, $selection } = this.#session;
    if ($drawn.get() === 'cells') {
      this.#mapView.map.easeTo({ center: at, zoom: VEHICLES_ZOOM + 1 });
      return;
    }
    const id = this.#nearest(at);
    $selection.set(id === null ? null : { kind: 'driver', id });
  }

  /** Returns the visible vehicle nearest to a position, within {@link HIT_PX}. */
  #nearest(at: Position): string | null {
    const { map, overlay, plane } = this.#mapView;
    if (!overlay.showsFleet || this.#replay.subject === 'area') return null;
    const view = map.view();
    const pointer = apply(plane.toScreen(view), plane.from(at));
    const copies = plane.copiesToScreen(view);
    const now = performance.now();
    let nearest: string | null = null;
    let nearestPx = HIT_PX;
    for (const { id } of this.#session.client.vehicles) {
      const point = this.#styles.get(id) === HIDDEN ? null : overlay.fleet.at(id, now);
      if (point === null) continue;
      const distances = copies.map((toScreen) => {
        const { x, y } = apply(toScreen, point);
        return Math.hypot(x - pointer.x, y - pointer.y);
      });
      const px = Math.min(...distances);
      if (px < nearestPx) [nearest, nearestPx] = [id, px];
    }
    return nearest;
  }

  #select(): void {
    const { overlay, map } = this.#mapView;
    const selected = this.#session.$selection.get();
    const driverId = this.#session.selectedDriver();
    const now = performance.now();
    if (driverId !== this.#followed) {
      this.#session.$replay.set(null);
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
      const trip = selected?.kind === 'trip' ? this.#session.$trips.get().get(selected.id) : undefined;
      if (trip !== undefined) map.easeTo({ center: trip.pickup, zoom: VEHICLES_ZOOM + 1.5 });
    }
  }

  #drawFollowed(): void {
    const { overlay, plane } = this.#mapView;
    const vehicle = this.#followed === null ? undefined : this.#session.client.vehicles.get(this.#followed);
    if (vehicle !== undefined) {
      const state = { ...plane.from(vehicle), heading: vehicle.heading, status: FOLLOWED };
      overlay.followed.update(vehicle.id, state, vehicle.t, performance.now());
    }
    overlay.invalidate();
  }

  #moveFollowed({ driverId, lat, lng, heading, t }: DriverPosition): void {
    if (driverId !== this.#followed || this.#replay.subject !== null) return;
    const { overlay, plane } = this.#mapView;
    const isFirst = overlay.followed.at(driverId, performance.now()) === null;
    const state = { ...plane.from({ lat, lng }), heading, status: FOLLOWED };
    const move = overlay.followed.update(driverId, state, t, performance.now());
    if (move !== null) overlay.route.advance(move, 1);
    overlay.invalidate();
    if (isFirst) this.camera.follow(true);
  }

  /** Greys out everything while offline, and the rest of the fleet during the replay of one driver. */
  #dim(): void {
    const { overlay } = this.#mapView;
    overlay.stale = this.#replay.subject === null && this.#session.$connection.get() === 'offline';
    overlay.dimsFleet = this.#replay.subject === 'driver';
    overlay.invalidate();
  }

  #showReplay(): void {
    const replay = this.#session.$replay.get();
    const hasChanged = this.#replay.show(replay);
    if (!hasChanged) return;
    this.#dim();
    this.#drawCells();
    if (replay?.subject.kind === 'area') return;
    this.#styles.clear();
    this.#moved([...this.#session.client.vehicles], [], true);
    if (replay !== null) return;
    this.#drawFollowed();
    this.#drawTrack(this.#session.$track.get());
  }

  #drawTrack(track: Track | null): void {
    if (track?.geometry?.type !== 'LineString' || track.properties.driverId !== this.#followed) return;
    if (this.#replay.subject === null) drawPath(this.#mapView, { line: track.geometry.coordinates });
  }

  #pinTrip(): void {
    const trip = this.#session.selectedTrip();
    const shown = trip === null ? '' : `${trip.id} ${trip.state === 'on_trip'}`;
    if (shown === this.#pinned) return;
    this.#pinned = shown;
    for (const remove of this.#pins.splice(0)) remove();
    if (trip === null) return;
    const kinds: PinKind[] = ['pickup', 'dropoff'];
    this.#pins = kinds.map((kind) => placePin(this.#mapView.map, kind, TEXTS.pins[kind], trip[kind]));
  }

  #followedAt(now: number): Position | null {
    const point = this.#followed === null ? null : this.#mapView.overlay.followed.at(this.#followed, now);
    return point === null ? null : this.#mapView.plane.position(point);
  }
}
