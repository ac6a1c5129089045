import type { DriverPosition, Track, Vehicle } from '#protocol';
import type { MapAdapter } from '../../../shared/map/adapter.js';
import { Camera } from '../../../shared/map/camera.js';
import { type MapView, openMapView } from '../../../shared/map/map-view.js';
import { CellLayer } from '../../../shared/map/overlay/cell-layer.js';
import { HIDDEN } from '../../../shared/map/palette.js';
import { type PinKind, placePin } from '../../../shared/map/pins.js';
import { boundsOf, type Padding, type Point, type Position } from '../../../shared/map/plane.js';
import type { BoardSession } from '../session.js';
import { TEXTS } from '../texts.js';
import { replayOf } from '../view/address.js';
import { coloured, cornersOf, Density } from './density.js';
import { nearestTo } from './hit.js';
import { HoverLabel } from './hover-label.js';
import { FOLLOWED, type Highlighted, markerStyle } from './marker-style.js';
import { drawPath, ReplayScene } from './replay-scene.js';

/** From this zoom on the map shows vehicles, below it cells. */
const VEHICLES_ZOOM = 13;
/** Vehicles that the map is fitted to at most. */
const FITTED = 500;

/** Draws the board's map: cells or vehicles, the selection, and the replay. */
export class BoardScene {
  readonly camera: Camera;
  readonly map: MapAdapter;
  /** Takes a click before vehicles do; `vehicleId` is the vehicle there. @returns whether it was taken */
  onClick: ((at: Position, vehicleId: string | null) => boolean) | null = null;
  /** Takes the position of the pointer, while vehicles do not react to it. */
  onPointer: ((at: Position | null) => void) | null = null;
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
  #isFleetDimmed = false;
  readonly #label: HoverLabel;

  static async open(container: HTMLElement, padding: Padding, session: BoardSession): Promise<BoardScene> {
    return new BoardScene(await openMapView({ container, padding, label: TEXTS.map }), session);
  }

  private constructor(mapView: MapView, session: BoardSession) {
    const { map, overlay, plane, close } = mapView;
    const { client, fleet, $selection, $measure, $drawn, $trips, $track, $connection, $replay } = session;
    const { $lastPlace, $loadedTrip, $goTo } = session;
    this.#mapView = mapView;
    this.map = map;
    this.#session = session;
    this.#cells = new CellLayer(plane, cornersOf);
    this.camera = new Camera(map, plane, (now) => this.#followedAt(now));
    this.#label = new HoverLabel(map);
    this.#replay = new ReplayScene(mapView, this.camera, (row) => {
      const hovered = fleet.$hovered.get();
      const isSelected = row.id === this.#session.selectedDriver();
      // The selected one is drawn among the others, because the live one is elsewhere.
      return isSelected ? FOLLOWED : markerStyle(row, fleet.$filter.get(), { followed: null, hovered });
    });
    overlay.beforeFrame = (now) => overlay.followed.moves(now) && this.camera.keepUp(now);
    map.onRest(() => this.#watch());
    map.onClick((at) => this.#click(at));
    map.onHover((at) => {
      if (this.onPointer !== null) return this.onPointer(at);
      fleet.$hovered.set(at === null ? null : this.#nearest(at));
    });
    this.#subscriptions = [
      client.on('fleet', ({ moved, gone, snapshot }) => this.#moved(moved, gone, snapshot)),
      client.on('position', (position) => this.#moveFollowed(position)),
      fleet.$shown.listen(() => this.#restyle()),
      fleet.$filter.listen(() => this.#showReplay()),
      fleet.$counts.listen(() => this.#drawCells()),
      fleet.$hovered.listen(() => this.#hover()),
      $measure.listen(() => this.#drawCells()),
      $drawn.listen(() => this.#drawCells()),
      $selection.listen(() => this.#select()),
      $trips.listen(() => this.#pinTrip()),
      $loadedTrip.listen(() => this.#select()),
      $track.listen(() => this.#drawTrack($track.get())),
      $lastPlace.listen(() => this.#flyTo($lastPlace.get())),
      $goTo.listen((place) => place !== null && this.#goTo(place)),
      $replay.listen(() => this.#showReplay()),
      $connection.listen(() => this.#dim()),
      close,
    ];
    this.#moved([...client.vehicles], [], true);
    const { opened } = session;
    // A shared address shows what its sender saw, not what has moved since.
    if (opened.camera !== null) map.jumpTo(opened.camera, opened.camera.zoom);
    this.#watch();
    this.#select(opened.camera === null);
    replayOf(session, opened);
  }

  setPadding(padding: Padding): void {
    this.#mapView.map.setPadding(padding);
  }

  /** Dims the vehicles, while something else on the map is edited. */
  dimFleet(isDimmed: boolean): void {
    this.#isFleetDimmed = isDimmed;
    this.#dim();
  }

  /** Shows the vehicles of the list, or of the whole fleet if the list has none. */
  async fitAll(): Promise<void> {
    const { client, fleet } = this.#session;
    const listed = fleet.$shown.get().rows.filter((row) => row !== undefined);
    const all = await client.searchFleet({ ...fleet.search(), limit: FITTED }).catch(() => null);
    const places = all === null || all.vehicles.length === 0 ? listed : all.vehicles;
    if (places.length > 0) this.camera.show(places);
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
    this.#session.$camera.set({ ...view.center, zoom: view.zoom });
    this.#session.fleet.$isInView.set(plane.screenTest(view));
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
    const { client, fleet } = this.#session;
    const hovered = fleet.$hovered.get();
    this.#showLabel();
    if (this.#replay.subject === 'area') {
      this.#showReplay();
      return;
    }
    for (const id of [this.#hovered, hovered]) {
      const vehicle = id === null ? undefined : client.vehicles.get(id);
      if (vehicle === undefined) continue;
      const style = markerStyle(fleet.row(vehicle, fleet.now()), fleet.$filter.get(), this.#highlighted());
      this.#draw(vehicle, style, performance.now());
    }
    this.#hovered = hovered;
    this.#mapView.overlay.invalidate();
  }

  #showLabel(): void {
    const { client, fleet } = this.#session;
    const id = fleet.$hovered.get();
    const isPast = this.#replay.subject !== null;
    const vehicle = isPast
      ? this.#replay.rows.find((row) => row.id === id)
      : id === null
        ? undefined
        : client.vehicles.get(id);
    this.#label.show((this.#mapView.overlay.showsFleet ? vehicle : null) ?? null);
  }

  #draw({ id, lat, lng, heading, t }: Omit<Vehicle, 'status'>, style: number, now: number): void {
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
    if (this.#replay.subject !== 'area' && this.onClick?.(at, this.#nearest(at)) === true) return;
    const { $drawn, $selection } = this.#session;
    if ($drawn.get() === 'cells' && this.#replay.subject !== 'area') {
      this.#mapView.map.easeTo({ center: at, zoom: VEHICLES_ZOOM + 1 });
      return;
    }
    const id = this.#nearest(at);
    $selection.set(id === null ? null : { kind: 'driver', id });
  }

  /** Returns the visible vehicle nearest to a position, close enough to be meant. */
  #nearest(at: Position): string | null {
    const { overlay, plane } = this.#mapView;
    if (!overlay.showsFleet) return null;
    const isPast = this.#replay.subject !== null;
    const past = this.#replay.rows.map((row) => [row.id, plane.from(row)] as const);
    return nearestTo(this.#mapView, at, isPast ? past : this.#visible());
  }

  /** Vehicles that are drawn, where they are now. */
  *#visible(): Iterable<readonly [id: string, at: Point]> {
    const now = performance.now();
    for (const { id } of this.#session.client.vehicles) {
      const point = this.#styles.get(id) === HIDDEN ? null : this.#mapView.overlay.fleet.at(id, now);
      if (point !== null) yield [id, point];
    }
  }

  #goTo({ lat, lng, zoom }: Position & { zoom: number }): void {
    this.camera.follow(false);
    this.#mapView.map.easeTo({ center: { lat, lng }, zoom });
  }

  /** @param moves whether the map goes to what is selected */
  #select(moves = true): void {
    const { overlay } = this.#mapView;
    const selected = this.#session.$selection.get();
    const driverId = this.#session.selectedDriver();
    const now = performance.now();
    if (driverId !== this.#followed) {
      if (this.#replay.subject === 'driver') this.#session.$replay.set(null);
      if (this.#followed !== null) overlay.followed.remove(this.#followed, now);
      this.#followed = driverId;
      overlay.route.clear(now);
      this.#drawFollowed();
      this.#restyle();
    }
    this.#pinTrip();
    if (this.#replay.subject === 'area') this.#showReplay();
    else if (!moves) return;
    else if (driverId !== null) this.camera.follow(true);
    else {
      this.camera.follow(false);
      const trip = selected?.kind === 'trip' ? this.#session.selectedTrip() : null;
      this.#flyTo(trip?.pickup ?? null);
    }
  }

  #flyTo(center: Position | null): void {
    if (center !== null) this.#mapView.map.easeTo({ center, zoom: VEHICLES_ZOOM + 1.5 });
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
    overlay.dimsFleet = this.#isFleetDimmed || this.#replay.subject === 'driver';
    overlay.invalidate();
  }

  #showReplay(): void {
    const replay = this.#session.$replay.get();
    const hasChanged = this.#replay.show(replay);
    if (replay !== null) this.#pinTrip();
    if (!hasChanged) return;
    this.#showLabel();
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
    const trip = this.#session.shownTrip();
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
