import type { LngLat, ZoneDraft, ZonePolygon, ZoneRing } from '#sdk';
import type { DrawnZone } from '../layer/features.js';
import { contains, zoneAt } from '../layer/shape.js';
import type { Overlay, ZoneScene } from '../layer/zone-scene.js';
import type { EditMap, RingPlace, ZonesOnBoard } from '../model.js';
import { problemsOf } from './check.js';
import { drawnComparison } from './compared.js';
import { Cursors } from './cursors.js';
import { adapterFor, Drawing } from './drawing.js';
import type { Editing } from './editing.js';
import { mergeRing } from './merge-ring.js';

/** Time after drawing in which a click on the map belongs to it, and selects nothing. */
const CLICK_MS = 300;

/** A ring that is being moved, and as it was before. */
type Drag = { id: string; place: RingPlace; base: ZoneRing; ring: ZoneRing };

/** The draft on the map while it is edited: what is dragged and drawn, and what others do. */
export class EditOverlay implements Overlay, EditMap {
  readonly #drawing: Drawing;
  readonly #cursors: Cursors;
  readonly #off: Array<() => void>;
  #drag: Drag | null = null;
  #drawnAt = -Infinity;
  #selectedByOthers = '';
  /** zones that others have selected, as they are drawn */
  readonly #marked = new WeakMap<ZoneDraft, DrawnZone>();

  static async open(editing: Editing, store: ZonesOnBoard, scene: ZoneScene): Promise<EditOverlay> {
    return new EditOverlay(editing, store, scene, await adapterFor(scene.gl));
  }

  private constructor(
    private readonly editing: Editing,
    private readonly store: ZonesOnBoard,
    private readonly scene: ZoneScene,
    adapter: Awaited<ReturnType<typeof adapterFor>>,
  ) {
    const colour = scene.scheme() === 'light' ? '#c8400a' : '#ff8a52';
    this.#drawing = new Drawing(scene.gl, adapter, colour, {
      drawn: (tool, ring) => {
        this.#drawnAt = performance.now();
        if (tool === 'hole') editing.addHole(ring, (polygon, at) => contains({ polygons: [polygon] }, at));
        else editing.add([[ring]]);
      },
      edited: (place, base, ring, isWhole) => {
        const zone = editing.selected();
        this.#drag = null;
        if (zone !== null) editing.applyRing(zone.id, place, base, ring, isWhole);
        this.#update();
      },
      dragged: (place, base, ring) => this.preview(place, base, ring),
    });
    this.#cursors = new Cursors(scene.gl);
    this.#off = [
      editing.$draft.listen(() => this.#update()),
      editing.$compared.listen(() => this.#update()),
      editing.$isReadOnly.listen(() => this.#update()),
      editing.$editors.subscribe((editors) => {
        this.#cursors.set(editors);
        const selected = editors.map((editor) => `${editor.colour} ${editor.selected.join()}`).join();
        if (selected !== this.#selectedByOthers) scene.redraw();
        this.#selectedByOthers = selected;
      }),
      editing.$tool.listen((tool) => this.#drawing.setTool(tool)),
      editing.$corner.listen((corner) => corner !== null && this.#drawing.selectRing(corner)),
      store.$selected.listen(() => this.#update()),
      store.$side.listen(() => this.#update()),
    ];
    scene.$overlay.set(this);
    this.#update();
  }

  /** Draws a ring as it will be, before it is written. */
  preview(place: RingPlace, base: ZoneRing, ring: ZoneRing): void {
    const zone = this.editing.selected();
    this.#drag = zone === null ? null : { id: zone.id, place, base, ring };
    this.scene.redraw();
  }

  /** Shows a ring that the keyboard moves, with its handles; null when it is written. */
  nudge(place: RingPlace, moved: { base: ZoneRing; ring: ZoneRing } | null): void {
    this.#drag = null;
    const zone = this.editing.selected();
    if (zone !== null && moved !== null) this.#drag = { id: zone.id, place, ...moved };
    this.#update();
  }

  show(zone: { polygons: ZonePolygon[] }): void {
    this.scene.show(zone);
  }

  showPlace(at: LngLat): void {
    this.scene.showPlace(at);
  }

  reveal(at: LngLat): void {
    this.scene.reveal(at);
  }

  get centre(): LngLat {
    return this.scene.centre;
  }

  shifted(from: LngLat, x: number, y: number): LngLat {
    return this.scene.shifted(from, x, y);
  }

  selectInView(key: string | null): void {
    this.scene.clicked(key);
    this.store.select(key);
  }

  drawn(): { resting: DrawnZone[]; active: DrawnZone[] } {
    const compared = this.store.$side.get() === 'zone' ? null : this.editing.$compared.get();
    const draft = this.editing.$draft.get();
    if (compared !== null) return drawnComparison(compared, draft);
    const selected = this.editing.selected();
    const resting: DrawnZone[] = [];
    const active: DrawnZone[] = [];
    for (const zone of draft) {
      if (zone === selected) continue;
      const drawn = this.#withEditor(zone);
      (drawn === zone ? resting : active).push(drawn);
    }
    if (selected === null) return { resting, active };
    const zone = { ...selected, polygons: this.#polygonsOf(selected), isSelected: true };
    const fault =
      this.#drag === null ? problemsOf(selected, draft).find(({ place }) => place)?.place : undefined;
    return { resting, active: [...active, fault === undefined ? zone : { ...zone, fault }] };
  }

  click(at: LngLat): boolean {
    const tool = this.editing.$tool.get();
    if (tool === 'point') this.editing.addPoint(at);
    const isDrawing = tool !== 'select' || performance.now() - this.#drawnAt < CLICK_MS;
    if (isDrawing || this.store.$side.get() !== 'zone') return true;
    const [lng, lat] = at;
    const hit = zoneAt(this.editing.$listed.get(), at);
    // Handles lie on the border, half of them outside.
    if (this.#drawing.isNear({ lng, lat })) return true;
    this.selectInView(hit?.key ?? null);
    return true;
  }

  pointer(at: LngLat | null): void {
    this.editing.setCursor(at);
  }

  close(): void {
    for (const off of this.#off) off();
    this.scene.$overlay.set(null);
    this.#cursors.close();
    this.#drawing.close();
  }

  #withEditor(zone: ZoneDraft): DrawnZone {
    const [editor] = this.editing.editorsOf(zone.id);
    if (editor === undefined) return zone;
    const known = this.#marked.get(zone);
    if (known?.editor === editor.colour) return known;
    const marked = { ...zone, editor: editor.colour };
    this.#marked.set(zone, marked);
    return marked;
  }

  /** Returns the polygons of a zone with what is dragged in them, and with what others have changed since. */
  #polygonsOf({ id, polygons }: ZoneDraft) {
    if (this.#drag?.id !== id) return polygons;
    const { place, base, ring } = this.#drag;
    const rings = polygons[place.polygon];
    const theirs = rings?.[place.ring];
    if (rings === undefined || theirs === undefined) return polygons;
    return polygons.with(place.polygon, rings.with(place.ring, mergeRing(base, ring, theirs)));
  }

  #update(): void {
    const zone = this.editing.selected();
    const isDrawn = zone !== null && this.store.$side.get() === 'zone';
    this.#drawing.show(
      isDrawn
        ? { id: zone.id, polygons: this.#polygonsOf(zone), isEditable: this.editing.canEdit(zone) }
        : null,
    );
    this.scene.redraw();
  }
}
