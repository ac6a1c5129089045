import type { LngLat, ZoneDraft, ZonePolygon, ZoneRing } from '#sdk';
import type { DrawnZone } from '../layer/features.js';
import { contains, zoneAt } from '../layer/shape.js';
import type { Overlay, ZoneScene } from '../layer/zone-scene.js';
import type { EditMap, RingPlace, ZonesOnBoard } from '../model.js';
import { problemsOf } from './check.js';
import { Cursors } from './cursors.js';
import { adapterFor, Drawing } from './drawing.js';
import type { Editing } from './editing.js';

/** Time after drawing in which a click on the map belongs to it, and selects nothing. */
const CLICK_MS = 300;

type Drag = { id: string; place: RingPlace; ring: ZoneRing };

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
      dragged: (place, ring) => this.preview(place, ring),
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
  preview(place: RingPlace, ring: ZoneRing): void {
    const zone = this.editing.selected();
    this.#drag = zone === null ? null : { id: zone.id, place, ring };
    this.scene.redraw();
  }

  /** Shows a ring that the keyboard moves, with its handles; null when it is written. */
  nudge(place: RingPlace, ring: ZoneRing | null): void {
    this.#drag = null;
    const zone = this.editing.selected();
    if (zone !== null && ring !== null) this.#drag = { id: zone.id, place, ring };
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
    if (compared !== null) {
      const { added, changed, removed, problems } = compared.comparison;
      const faults = new Map(
        problems.flatMap(({ zoneId, place }) => (place ? [[zoneId, place] as const] : [])),
      );
      const withFault = <Z extends DrawnZone>(zone: Z): DrawnZone => {
        const fault = faults.get(zone.id);
        return fault === undefined ? zone : { ...zone, fault };
      };
      const ids = new Set([...added, ...changed.map(({ after }) => after)].map(({ id }) => id));
      return {
        resting:
          compared.version === null
            ? this.editing.$draft
                .get()
                .filter(({ id }) => !ids.has(id))
                .map(withFault)
            : [],
        active: [
          ...removed.map((zone) => ({ ...zone, change: 'removed' as const })),
          ...changed.map(({ before }) => ({ ...before, change: 'before' as const })),
          ...changed.map(({ after }) => withFault({ ...after, change: 'changed' as const })),
          ...added.map((zone) => withFault({ ...zone, change: 'added' as const })),
        ],
      };
    }
    const draft = this.editing.$draft.get();
    const selected = this.editing.selected();
    const rest = draft.filter((zone) => zone !== selected).map((zone) => this.#withEditor(zone));
    if (selected === null) return { resting: rest, active: [] };
    const zone = { ...selected, polygons: this.#polygonsOf(selected), isSelected: true };
    const fault =
      this.#drag === null ? problemsOf(selected, draft).find(({ place }) => place)?.place : undefined;
    return { resting: rest, active: [fault === undefined ? zone : { ...zone, fault }] };
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

  #polygonsOf({ id, polygons }: ZoneDraft) {
    if (this.#drag?.id !== id) return polygons;
    const { place, ring } = this.#drag;
    const before = polygons[place.polygon];
    return before === undefined ? polygons : polygons.with(place.polygon, before.with(place.ring, ring));
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
