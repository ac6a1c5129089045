import type { Point } from '#geo';
import type { Zone, ZonePolygon } from '#protocol';
import { Border } from './border.js';
import type { BorderTests } from './cell-border.js';
import { Grid, STEPS } from './grid.js';
import { pauses } from './pauses.js';
import { cellsOf, type ZoneCells } from './zone-cells.js';

/** Zone of a region, prepared for tests of positions. */
export type IndexedZone<Z extends IndexableZone = Zone> = {
  /** H3 cell of resolution 3 whose dispatchers drew the zone */
  region: string;
  zone: Z;
  border: Border;
  /** null where every position must be tested exactly */
  cells: ZoneCells | null;
};

type IndexableZone = { id: string; polygons: ZonePolygon[] };

/** Zones of one cell: it is inside those of `full`; of those of `border`, it has the part of their border in `tests`. */
type InCell<Z extends IndexableZone> = {
  full: IndexedZone<Z>[];
  border: IndexedZone<Z>[];
  tests: BorderTests[];
};

/** Zones that may contain a position: those of `full` cells contain it, the others must be tested. */
export type Candidates<Z extends IndexableZone = Zone> = readonly InCell<Z>[];

/**
 * Finds the zones that contain a position, by the cells of a grid: a zone contains all positions of its full cells, and the
 * exact test runs only in its border cells, with the edges that matter there. The same answers as testing every zone.
 * Immutable once it is built.
 */
export class ZoneIndex<Z extends IndexableZone = Zone> {
  /** levels of the grid that have cells, finest first */
  #grids: Grid<InCell<Z>>[] = [];
  /** zones without cells */
  readonly #everywhere: InCell<Z> = emptyCell();
  readonly #byId = new Map<string, Map<string, IndexedZone<Z>>>();
  readonly #zones: IndexedZone<Z>[] = [];

  private constructor(regions: Iterable<string>) {
    for (const region of regions) this.#byId.set(region, new Map());
  }

  /** Index without zones. */
  static readonly EMPTY: ZoneIndex<never> = new ZoneIndex<never>([]);

  /** Prepares zones at once, for tests and small sets. */
  static of<Z extends IndexableZone>(zones: Iterable<{ region: string; zone: Z }>): ZoneIndex<Z> {
    const index = new ZoneIndex<Z>([]);
    for (const { region, zone } of zones) index.#add(indexed(region, zone));
    return index;
  }

  /**
   * Prepares zones without blocking the event loop for long.
   * @param regions all whose zones are known, also those without any
   * @param previous index whose zones are taken over where their polygons are the same
   */
  static async build<Z extends IndexableZone>(
    zones: Iterable<{ region: string; zone: Z }>,
    regions: Iterable<string>,
    previous?: ZoneIndex<Z>,
  ): Promise<ZoneIndex<Z>> {
    const pause = pauses();
    const known = new Map<string, IndexedZone<Z>>();
    for (const each of previous?.zones ?? []) {
      known.set(keyOf(each.zone), each);
      await pause();
    }
    const index = new ZoneIndex<Z>(regions);
    for (const { region, zone } of zones) {
      const same = known.get(keyOf(zone));
      index.#add(same === undefined ? indexed(region, zone) : { ...same, region, zone });
      await pause();
    }
    return index;
  }

  #add(indexed: IndexedZone<Z>): void {
    const { region, zone, cells } = indexed;
    this.#zones.push(indexed);
    if (!this.#byId.has(region)) this.#byId.set(region, new Map());
    this.#byId.get(region)!.set(zone.id, indexed);
    if (cells === null) addBorder(this.#everywhere, indexed, indexed.border);
    else {
      const grid = this.#gridOf(cells.step);
      for (const { row, column } of cells.full) grid.of(row, column, emptyCell<Z>).full.push(indexed);
      for (const { row, column, border } of cells.border)
        addBorder(grid.of(row, column, emptyCell<Z>), indexed, border);
    }
  }

  #gridOf(step: number): Grid<InCell<Z>> {
    const known = this.#grids.find((grid) => grid.step === step);
    if (known !== undefined) return known;
    const grid = new Grid<InCell<Z>>(step);
    this.#grids = [...this.#grids, grid].sort((a, b) => STEPS.indexOf(a.step) - STEPS.indexOf(b.step));
    return grid;
  }

  /** All zones. */
  get zones(): readonly IndexedZone<Z>[] {
    return this.#zones;
  }

  /** Regions whose zones are known. */
  get regions(): Iterable<string> {
    return this.#byId.keys();
  }

  /** Whether the zones of no region are known. */
  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  /** Returns a zone by its region and id. */
  find(region: string, zoneId: string): IndexedZone<Z> | undefined {
    return this.#byId.get(region)?.get(zoneId);
  }

  /** Zones that may contain a position, by cell. */
  candidates(lat: number, lng: number): Candidates<Z> {
    let found: InCell<Z>[] | null = this.#everywhere.border.length > 0 ? [this.#everywhere] : null;
    for (const grid of this.#grids) {
      const inCell = grid.at(lat, lng);
      if (inCell === undefined) continue;
      if (found === null) found = [inCell];
      else found.push(inCell);
    }
    return found ?? NONE;
  }

  /** Zones that contain a position. */
  at({ lat, lng }: Point): IndexedZone<Z>[] {
    const found: IndexedZone<Z>[] = [];
    for (const { full, border, tests } of this.candidates(lat, lng)) {
      for (const each of full) found.push(each);
      for (const [i, each] of border.entries()) if (tests[i]!.contains(lat, lng)) found.push(each);
    }
    return found;
  }
}

const NONE: readonly never[] = [];

function emptyCell<Z extends IndexableZone>(): InCell<Z> {
  return { full: [], border: [], tests: [] };
}

function addBorder<Z extends IndexableZone>(cell: InCell<Z>, zone: IndexedZone<Z>, tests: BorderTests): void {
  cell.border.push(zone);
  cell.tests.push(tests);
}

function indexed<Z extends IndexableZone>(region: string, zone: Z): IndexedZone<Z> {
  const border = new Border(zone.polygons);
  return { region, zone, border, cells: cellsOf(border) };
}

const keyOf = ({ polygons }: IndexableZone): string => JSON.stringify(polygons);
