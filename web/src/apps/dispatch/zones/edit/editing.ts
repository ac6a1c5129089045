import { atom, computed, type ReadableAtom } from 'nanostores';
import type {
  LngLat,
  PickupPoint,
  VersionInfo,
  VertexPlace,
  ZoneChanges,
  ZoneDraft,
  ZoneEditor,
  ZoneKind,
  ZonePolygon,
  ZoneRing,
  ZonesEditorInfo,
  ZonesEditorState,
} from '#sdk';
import { errorText } from '../../error-texts.js';
import type { BoardSession } from '../../session.js';
import {
  type EditMap,
  keyOf,
  type ListedZone,
  type RingPlace,
  type Tool,
  type ZonesOnBoard,
} from '../model.js';
import { KIND_TEXTS } from '../rule-texts.js';
import { colourOf } from './colours.js';
import type { Compared } from './compared.js';
import { holeIn } from './hole.js';
import { type ImportReport, importFile, messageOf } from './import-file.js';
import { mergeRing, movedRing, sameRing } from './merge-ring.js';
import { TEXTS } from './texts.js';

/** The draft of one region on this board: what it shows, and each action of the dispatcher. */
export class Editing {
  readonly $draft = atom<readonly ZoneDraft[]>([]);
  readonly $listed: ReadableAtom<readonly ListedZone[]>;
  readonly $state: ReturnType<typeof atom<ZonesEditorState>>;
  readonly $editors = atom<readonly ZonesEditorInfo[]>([]);
  readonly $tool = atom<Tool>('select');
  /** vertex that the keyboard moves */
  readonly $corner = atom<VertexPlace | null>(null);
  /** refused edits and actions, in words; the newest last */
  readonly $messages = atom<readonly string[]>([]);
  /** the draft can be read, but not edited */
  readonly $isReadOnly = atom(false);
  readonly $compared = atom<Compared | null>(null);
  readonly $newest = atom<VersionInfo | null>(null);
  readonly $report = atom<ImportReport | null>(null);
  /** kind of zones that are drawn next */
  readonly $kind = atom<ZoneKind>('no_pickup');
  /** the map, once it draws the draft */
  readonly $map = atom<EditMap | null>(null);
  readonly #off: Array<() => void>;

  constructor(
    readonly region: string,
    readonly userId: string,
    private readonly editor: ZoneEditor,
    private readonly zones: ZonesOnBoard,
  ) {
    this.$state = atom(editor.state);
    this.$listed = computed(this.$draft, (draft) =>
      draft.map((zone) => ({ ...zone, key: keyOf(region, zone.id), region })),
    );
    this.#off = [
      editor.on('zones', () => this.$draft.set(editor.zones)),
      editor.on('state', (state) => this.$state.set(state)),
      editor.on('editors', (editors) => this.$editors.set(editors)),
      editor.on('published', (version) => this.$newest.set(version)),
      editor.on('refused', ({ zoneId, error }) => {
        if (zoneId === null) this.$isReadOnly.set(true);
        const name = zoneId === null ? null : (editor.zone(zoneId)?.name ?? zoneId);
        this.#say(name === null ? TEXTS.cannotOpen(errorText(error)) : TEXTS.refused(name, errorText(error)));
      }),
      zones.$selected.subscribe(() => {
        const zone = this.selected();
        editor.select(zone === null ? [] : [zone.id]);
        this.$corner.set(null);
        if (this.$tool.get() === 'hole' || this.$tool.get() === 'point') this.$tool.set('select');
      }),
    ];
    this.$draft.set(editor.zones);
    this.$editors.set(editor.editors);
  }

  /** Returns the selected zone of the draft. */
  selected(): ZoneDraft | null {
    const key = this.zones.$selected.get();
    return this.$draft.get().find(({ id }) => keyOf(this.region, id) === key) ?? null;
  }

  /** Whether this user may change a zone. */
  canEdit({ lockedBy }: Pick<ZoneDraft, 'lockedBy'>): boolean {
    return !this.$isReadOnly.get() && (lockedBy === null || lockedBy === this.userId);
  }

  /** Returns the user and time of the last change of a zone. */
  lastEdit(id: string) {
    return this.editor.lastEdit(id);
  }

  /** Returns the names of others who have a zone selected. */
  editorsOf(id: string): ZonesEditorInfo[] {
    return this.$editors.get().filter(({ selected }) => selected.includes(id));
  }

  /** Adds a zone of the chosen kind, and selects it. */
  add(polygons: ZonePolygon[]): void {
    const kind = this.$kind.get();
    const names = new Set(this.$draft.get().map(({ name }) => name));
    let n = 1;
    while (names.has(`${KIND_TEXTS[kind].name} ${n}`)) n += 1;
    const id = this.#try(() => this.editor.add({ name: `${KIND_TEXTS[kind].name} ${n}`, kind, polygons }));
    this.$tool.set('select');
    if (id === undefined) return;
    const key = keyOf(this.region, id);
    // It was drawn where the map is.
    if (this.$map.get() === null) this.zones.select(key);
    else this.$map.get()!.selectInView(key);
  }

  change(id: string, changes: ZoneChanges): boolean {
    return this.#try(() => this.editor.change(id, changes) ?? true) ?? false;
  }

  remove(id: string): void {
    this.#try(() => this.editor.remove(id));
    if (this.selected() === null) this.zones.select(null);
  }

  /** Applies what a drag made of a ring to what the ring is now. @param isWhole the ring was moved, not its vertices */
  applyRing(
    id: string,
    { polygon, ring }: RingPlace,
    base: ZoneRing,
    mine: ZoneRing,
    isWhole: boolean,
  ): void {
    const zone = this.editor.zone(id);
    const theirs = zone?.polygons[polygon]?.[ring];
    if (zone === undefined || theirs === undefined) return;
    const rings = zone.polygons[polygon]!.map((each, i) => {
      // A hole moves with its zone, but not the zone with its hole.
      if (isWhole && ring === 0 && i > 0) return movedRing(each, base[0]!, mine[0]!);
      if (i !== ring) return each;
      return isWhole && !sameRing(base, theirs)
        ? movedRing(theirs, base[0]!, mine[0]!)
        : mergeRing(base, mine, theirs);
    });
    this.change(id, { polygons: zone.polygons.with(polygon, rings) });
  }

  moveVertex(id: string, place: VertexPlace, to: LngLat): void {
    this.#try(() => this.editor.moveVertex(id, place, to));
  }

  insertVertex(id: string, place: VertexPlace, at: LngLat): void {
    this.#try(() => this.editor.insertVertex(id, place, at));
    this.$corner.set(place);
  }

  removeVertex(id: string, place: VertexPlace): void {
    this.#try(() => this.editor.removeVertex(id, place));
    this.$corner.set(null);
  }

  /** Cuts a hole into the polygon of the selected zone that contains its first vertex. */
  addHole(hole: ZoneRing, contains: (polygon: ZonePolygon, at: LngLat) => boolean): void {
    const zone = this.selected();
    this.$tool.set('select');
    if (zone === null) return;
    const at = zone.polygons.findIndex((polygon) => contains(polygon, hole[0]!));
    if (at < 0) this.#say(TEXTS.holeOutside);
    else this.change(zone.id, { polygons: zone.polygons.with(at, [...zone.polygons[at]!, hole]) });
  }

  /** Cuts a hole into a polygon where it is widest, to be moved and shaped from there. */
  addHoleIn(id: string, polygon: number): void {
    const zone = this.editor.zone(id);
    const rings = zone?.polygons[polygon];
    if (zone === undefined || rings === undefined) return;
    const hole = holeIn(rings);
    if (hole === null) this.#say(TEXTS.noRoom);
    else this.change(id, { polygons: zone.polygons.with(polygon, [...rings, hole]) });
  }

  removeRing(id: string, { polygon, ring }: RingPlace): void {
    const zone = this.editor.zone(id);
    if (zone === undefined) return;
    const polygons =
      ring === 0
        ? zone.polygons.toSpliced(polygon, 1)
        : zone.polygons.with(polygon, zone.polygons[polygon]!.toSpliced(ring, 1));
    this.change(id, { polygons });
    this.$corner.set(null);
  }

  /** Adds a pick-up point to the selected zone. */
  addPoint([lng, lat]: LngLat): void {
    const zone = this.selected();
    if (zone === null) return;
    const { points = [] } = zone.rules as { points?: PickupPoint[] };
    const id = crypto.randomUUID().slice(0, 13);
    const point = { id, name: TEXTS.point(points.length + 1), lat, lng };
    this.change(zone.id, { rules: { points: [...points, point] } });
  }

  setLock(id: string, isLocked: boolean): void {
    this.#try(() => (isLocked ? this.editor.lock(id) : this.editor.unlock(id)));
  }

  /** Removes the lock of somebody else. */
  async breakLock(id: string): Promise<void> {
    await this.#tryLater(() => this.zones.api.unlock(this.region, id));
  }

  undo(): void {
    this.editor.undo();
  }

  redo(): void {
    this.editor.redo();
  }

  setCursor(at: LngLat | null): void {
    this.editor.setCursor(at);
  }

  /** Compares the draft, or an earlier version, with what is in force. */
  async compare(version: number | null): Promise<void> {
    await this.#tryLater(async () => {
      const options = version === null ? {} : { version };
      this.$compared.set({ comparison: await this.zones.api.compare(this.region, options), version });
    });
  }

  /** Publishes what was compared. @returns whether it was published */
  async publish(comment: string, allowEmpty: boolean): Promise<boolean> {
    const compared = this.$compared.get();
    if (compared === null) return false;
    const { comparison, version } = compared;
    const { replaces, number } = comparison;
    const what = version === null ? { number: number ?? 0 } : { restores: version };
    const published = await this.#tryLater(() =>
      this.zones.api.publish(this.region, { comment, replaces, allowEmpty, ...what }),
    );
    if (published === undefined) {
      // Somebody edited or published meanwhile: show what publishing would change now.
      await this.compare(version);
      return false;
    }
    this.$newest.set(published);
    this.$compared.set(null);
    return true;
  }

  /** Imports the zones of a GeoJSON file. */
  async import(file: File): Promise<void> {
    this.$report.set(await importFile(this.zones.api, this.region, file, this.$kind.get()));
  }

  /** Returns the draft as a file of GeoJSON. */
  async export(): Promise<File | null> {
    const collection = await this.#tryLater(() => this.zones.api.export(this.region));
    if (collection === undefined) return null;
    const text = JSON.stringify(collection, null, 2);
    return new File([text], `zones-${this.region}.geojson`, { type: 'application/geo+json' });
  }

  dismiss(message: string): void {
    this.$messages.set(this.$messages.get().filter((each) => each !== message));
  }

  async close(): Promise<void> {
    for (const off of this.#off) off();
    await this.editor.close();
  }

  #try<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.#say(messageOf(error));
      return undefined;
    }
  }

  async #tryLater<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      this.#say(messageOf(error));
      return undefined;
    }
  }

  #say(message: string): void {
    this.$messages.set([...new Set([...this.$messages.get(), message])].slice(-3));
  }
}

/** Opens the draft of a region. */
export async function openEditing(
  session: BoardSession,
  zones: ZonesOnBoard,
  region: string,
): Promise<Editing> {
  const { userId, client } = session;
  const user = { id: userId, name: userId.slice(0, 40), colour: colourOf(userId) };
  return new Editing(region, userId, await client.editZones(region, { user }), zones);
}
