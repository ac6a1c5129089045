import { gridDisk, latLngToCell } from 'h3-js';
import { atom, computed, type ReadableAtom } from 'nanostores';
import { type Bbox, HexfleetError, type PublishedVersion, type VersionInfo, ZonesApi } from '#sdk';
import { store, stored } from '../../../shared/live/storage.js';
import { withRetry } from '../../../shared/ui/lazy-with-retry.js';
import { errorText } from '../error-texts.js';
import type { BoardSession } from '../session.js';
import type { Editing } from './edit/editing.js';
import { keyOf, type ListedZone, type Side, type ZonesOnBoard } from './model.js';

const KEY = 'hexfleet-board-zones';
const REGION_RESOLUTION = 3;
/** For a message about a new version that got lost, such as when its gateway was killed. */
const CHECK_MS = 60_000;
/** A version takes effect at `effectiveAt` by the clock of the service; a gateway may be a moment later. */
const MARGIN_MS = 250;
const RETRY_MS = 500;

/** Zones as the board shows them: those in force in and around the view, or the draft while it is edited. */
export class ZonesStore implements ZonesOnBoard {
  readonly api: ZonesApi;
  readonly $published = atom<readonly PublishedVersion[]>([]);
  /** whether zones are on the map */
  readonly $isShown = atom(stored(KEY) !== 'off');
  readonly $selected = atom<string | null>(null);
  readonly $side = atom<Side>('zone');
  /** the draft that is being edited */
  readonly $editing = atom<Editing | null>(null);
  readonly $problem = atom<string | null>(null);
  /** regions in view or around it with zones, the one in the middle of the view first */
  readonly $regions = atom<readonly string[]>([]);
  readonly $zones: ReadableAtom<readonly ListedZone[]>;
  readonly #session: BoardSession;
  readonly #versions = new Map<string, PublishedVersion>();
  #inView: readonly string[] = [];
  #isLoading = false;
  #isLoadDue = false;

  constructor(session: BoardSession) {
    this.#session = session;
    this.api = new ZonesApi(session.api);
    const $draft = atom<readonly ListedZone[] | null>(null);
    let off = () => {};
    this.$editing.listen((editing) => {
      off();
      off = editing?.$listed.subscribe((zones) => $draft.set(zones)) ?? (() => {});
      if (editing === null) $draft.set(null);
    });
    this.$zones = computed([this.$published, $draft], (versions, draft) => draft ?? versions.flatMap(listed));
    this.$isShown.listen((isShown) => store(KEY, isShown ? 'on' : 'off'));
    const showsDetails = () =>
      session.$showsZone.set(this.$selected.get() !== null || this.$side.get() !== 'zone');
    this.$zones.listen(() => {
      // Somebody removed it.
      if (this.$selected.get() !== null && this.selected() === null) this.$selected.set(null);
    });
    this.$selected.listen(showsDetails);
    this.$side.listen(showsDetails);
    session.client.on('zones:published', (version) => this.#loadWhenInForce(version));
    session.$inView.subscribe((bbox) => this.#move(bbox));
    session.$connection.listen((state) => state === 'online' && void this.load());
    setInterval(() => void this.load(), CHECK_MS);
  }

  /** Selects a zone instead of a vehicle or trip. */
  select(key: string | null): void {
    this.$side.set('zone');
    this.$selected.set(key);
    if (key === null) return;
    this.#session.$selection.set(null);
    this.#session.$tab.set('map');
  }

  /** Returns the selected zone. */
  selected(): ListedZone | null {
    const key = this.$selected.get();
    return this.$zones.get().find((zone) => zone.key === key) ?? null;
  }

  /** Opens the draft of a region, with everything that editing needs. */
  async edit(region: string): Promise<void> {
    this.$problem.set(null);
    try {
      const { openEditing } = await withRetry(() => import('./edit/editing.js'));
      const editing = await openEditing(this.#session, this, region);
      await this.$editing.get()?.close();
      this.$isShown.set(true);
      this.$editing.set(editing);
    } catch (error) {
      this.$problem.set(errorText(error));
    }
  }

  async stopEditing(): Promise<void> {
    const editing = this.$editing.get();
    this.$editing.set(null);
    this.$side.set('zone');
    this.$selected.set(null);
    await editing?.close();
    await this.load();
  }

  /** Loads what is in force in and around the view. */
  async load(): Promise<void> {
    this.#isLoadDue = true;
    if (this.#isLoading) return;
    this.#isLoading = true;
    while (this.#isLoadDue) {
      this.#isLoadDue = false;
      // Without a connection, it is loaded once there is one.
      await this.#load().catch(() => {});
    }
    this.#isLoading = false;
  }

  async #load(): Promise<void> {
    const near = new Set(this.#inView.flatMap((region) => gridDisk(region, 1)));
    if (near.size === 0) return;
    const published = (await this.api.regions()).filter(({ region }) => near.has(region));
    this.$regions.set([...new Set([...this.#inView, ...published.map(({ region }) => region)])]);
    const changed = published.filter(
      ({ region, version }) => this.#versions.get(region)?.version !== version,
    );
    for (const version of changed) {
      const read = await this.#read(version.region);
      // Published before this page was there, and not in force yet.
      if ((read?.version ?? 0) < version.version) this.#loadWhenInForce(version);
    }
    const wanted = new Set(published.map(({ region }) => region));
    for (const region of this.#versions.keys()) if (!wanted.has(region)) this.#versions.delete(region);
    this.#show();
  }

  /** The view has moved: loads again only if it shows other regions, which are about 100 km wide. */
  #move([west, south, east, north]: Readonly<Bbox>): void {
    if (west === east) return;
    const middle: [number, number] = [(south + north) / 2, (west + east) / 2];
    const corners = [south, north].flatMap((lat) => [west, east].map((lng) => [lat, lng] as const));
    const regions = [middle, ...corners].map(([lat, lng]) => latLngToCell(lat, lng, REGION_RESOLUTION));
    const inView = [...new Set(regions)];
    if (inView.join() === this.#inView.join()) return;
    this.#inView = inView;
    void this.load();
  }

  #loadWhenInForce({ region, version, effectiveAt }: VersionInfo): void {
    const waitMs = Math.max(0, effectiveAt - this.#session.fleet.now()) + MARGIN_MS;
    setTimeout(() => void this.#loadVersion(region, version), waitMs);
  }

  /** Loads a version that takes effect now. */
  async #loadVersion(region: string, version: number, attempts = 10): Promise<void> {
    const loaded = await this.#read(region).catch(() => null);
    if (loaded !== null) this.#show();
    if ((loaded?.version ?? 0) >= version || attempts <= 0) return;
    setTimeout(() => void this.#loadVersion(region, version, attempts - 1), RETRY_MS);
  }

  async #read(region: string): Promise<PublishedVersion | null> {
    try {
      const version = await this.api.inForce(region);
      this.#versions.set(region, version);
      return version;
    } catch (error) {
      // Published a moment ago, and not in force yet.
      if (error instanceof HexfleetError && error.code === 'NO_SUCH_VERSION') return null;
      throw error;
    }
  }

  #show(): void {
    const versions = [...this.#versions.values()].sort((a, b) => (a.region < b.region ? -1 : 1));
    const before = this.$published.get();
    const isSame = versions.length === before.length && versions.every((version, i) => version === before[i]);
    if (!isSame) this.$published.set(versions);
  }
}

const listed = ({ region, zones }: PublishedVersion): ListedZone[] =>
  zones.map(({ id, name, kind, polygons, rules }) => ({
    key: keyOf(region, id),
    region,
    id,
    name,
    kind,
    polygons,
    rules,
    lockedBy: null,
  }));

const stores = new WeakMap<BoardSession, ZonesStore>();

/** Returns the zones of a board; the first call begins to load them. */
export function zonesOf(session: BoardSession): ZonesStore {
  const known = stores.get(session);
  if (known !== undefined) return known;
  const created = new ZonesStore(session);
  stores.set(session, created);
  return created;
}
