import { atom } from 'nanostores';
import type { LngLat } from '#sdk';
import type { Scheme } from '../../../../shared/map/adapter.js';
import type { BoardScene } from '../../map/board-scene.js';
import type { ListedZone, ZonesOnBoard } from '../model.js';
import type { DrawnZone } from './features.js';
import { boundsOf, zoneAt } from './shape.js';
import { ZoneLayers } from './zone-layers.js';

/** Closest zoom at which a whole zone is shown. */
const MAX_ZOOM = 15;
/** Time between two frames of a usual display. */
const FRAME_MS = 16;

/** Takes over the map while zones are edited. */
export type Overlay = {
  /** returns how zones are drawn now: those at rest, and the few that are being edited, which cost little to draw again */
  drawn(): { resting: DrawnZone[]; active: DrawnZone[] };
  /** takes a click. @returns whether it was taken */
  click(at: LngLat): boolean;
  pointer(at: LngLat | null): void;
};

/** Draws zones on the board's map, and selects the one that is clicked. */
export class ZoneScene {
  readonly gl;
  readonly scheme;
  readonly $overlay = atom<Overlay | null>(null);
  readonly #resting: ZoneLayers;
  readonly #active: ZoneLayers;
  readonly #off: Array<() => void>;
  #isDue = false;
  #isClosed = false;
  #frame = 0;
  #drawnAt = -Infinity;
  #clicked: string | null = null;

  constructor(
    private readonly scene: BoardScene,
    private readonly store: ZonesOnBoard,
    private readonly isOpen: () => boolean,
  ) {
    this.gl = scene.map.gl;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    this.scheme = (): Scheme => (dark.matches ? 'dark' : 'light');
    this.#resting = new ZoneLayers(this.gl, 'zones', this.scheme());
    this.#active = new ZoneLayers(this.gl, 'zones-active', this.scheme());
    const recolour = () => {
      for (const layers of [this.#resting, this.#active]) layers.setScheme(this.scheme());
    };
    dark.addEventListener('change', recolour);
    scene.onClick = (at, vehicleId) => this.#click([at.lng, at.lat], vehicleId);
    this.#off = [
      () => dark.removeEventListener('change', recolour),
      store.$zones.listen(() => this.redraw()),
      store.$isShown.listen(() => this.redraw()),
      store.$selected.listen(() => this.redraw()),
      this.$overlay.listen((overlay) => {
        scene.dimFleet(overlay !== null);
        scene.onPointer =
          overlay === null ? null : (at) => overlay.pointer(at === null ? null : [at.lng, at.lat]);
        this.redraw();
      }),
    ];
    this.redraw();
  }

  /** Draws everything again: at once, because the map takes a frame of its own to show it, but at most once per frame. */
  redraw(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    if (performance.now() - this.#drawnAt < FRAME_MS) this.#frame = requestAnimationFrame(this.#draw);
    // After everything else that listens to the same change.
    else queueMicrotask(this.#draw);
  }

  /** Shows a whole zone. */
  show(zone: Pick<ListedZone, 'polygons'>): void {
    const [west, south, east, north] = boundsOf(zone);
    const corners = [west, east].flatMap((lng) => [south, north].map((lat) => ({ lng, lat })));
    if (Number.isFinite(west)) this.scene.camera.show(corners, MAX_ZOOM);
  }

  /** Shows a place, from near unless the map is nearer. */
  showPlace([lng, lat]: LngLat): void {
    const zoom = Math.max(15, this.scene.map.view().zoom);
    this.scene.map.easeTo({ center: { lng, lat }, zoom });
  }

  /** Moves the map to a place only if it is out of view. */
  reveal([lng, lat]: LngLat): void {
    if (!this.scene.camera.isInView({ lng, lat })) this.scene.map.easeTo({ center: { lng, lat } });
  }

  /** Remembers that a zone is selected on the map, where it is in view. */
  clicked(key: string | null): void {
    this.#clicked = key;
  }

  /** Whether a zone was selected on the map just now. */
  takeClicked(key: string): boolean {
    const isClicked = this.#clicked === key;
    this.#clicked = null;
    return isClicked;
  }

  get centre(): LngLat {
    const { lng, lat } = this.scene.map.view().center;
    return [lng, lat];
  }

  /** Returns the position that lies some pixels from another one on the screen. */
  shifted(from: LngLat, x: number, y: number): LngLat {
    const at = this.gl.project(from);
    const { lng, lat } = this.gl.unproject([at.x + x, at.y + y]);
    return [lng, lat];
  }

  close(): void {
    this.#isClosed = true;
    cancelAnimationFrame(this.#frame);
    for (const off of this.#off) off();
    this.scene.onClick = this.scene.onPointer = null;
    // The map may be gone, with its layers.
    if (this.gl.getCanvas().isConnected) for (const layers of [this.#resting, this.#active]) layers.remove();
  }

  readonly #draw = (): void => {
    if (this.#isClosed) return;
    this.#isDue = false;
    this.#drawnAt = performance.now();
    const { $zones, $isShown, $selected } = this.store;
    const overlay = this.$overlay.get();
    const selected = $selected.get();
    const { resting, active } = overlay?.drawn() ?? {
      resting: $zones.get().filter(({ key }) => key !== selected),
      active: $zones
        .get()
        .filter(({ key }) => key === selected)
        .map((zone) => ({ ...zone, isSelected: true })),
    };
    for (const layers of [this.#resting, this.#active]) layers.setVisible($isShown.get() || overlay !== null);
    this.#resting.set(resting);
    this.#active.set(active);
  };

  #click(at: LngLat, vehicleId: string | null): boolean {
    const overlay = this.$overlay.get();
    if (overlay !== null) return overlay.click(at);
    if (vehicleId !== null || !this.isOpen()) return false;
    const zone = zoneAt(this.store.$zones.get(), at);
    if (zone === null) return false;
    this.clicked(zone.key);
    this.store.select(zone.key);
    return true;
  }
}
