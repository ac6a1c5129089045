import { distanceM, type Point } from '#geo';
import { NEAREST_CARS } from '#protocol';
import type { HeldCar } from './grid-cars.js';

/** Cars that a rider always sees. Fewer than may be shown, so that cars do not flicker at the edge. */
export const SURE_CARS = NEAREST_CARS - 2;
/** Cars to read for a view: those beyond the shown ones replace the cars that leave. */
export const KNOWN_CARS = 4 * NEAREST_CARS;

export type Area = Point & { cells: ReadonlySet<string> };
/** A car, and the nearby cell that it is in now: while it is held, its grid point may be in another one. */
export type KnownCar = { car: HeldCar; cell: string };
/** Changes of one cell for the views at this gateway. */
export type HeldChanges = { tick: number; cell: string; moved: HeldCar[]; gone: string[] };
type Ranked = KnownCar & { distanceM: number };
type Sent = Pick<HeldCar, 't' | 'cell' | 'lat' | 'lng'>;

/**
 * The cars that one rider sees: the nearest ones around a pin. Each of the {@link SURE_CARS} nearest is shown; a shown one stays
 * until {@link NEAREST_CARS} others are nearer. Every car within the horizon is known, so the ranks are exact.
 */
export class NearestCars {
  #area: Area = { lat: 0, lng: 0, cells: new Set() };
  #horizonM = 0;
  readonly #known = new Map<string, Ranked>();
  /** cars of the client, as they were sent */
  readonly #sent = new Map<string, Sent>();
  #tick = 0;

  /** Whether fewer cars are known than may be shown, although there are more beyond the horizon. */
  get isDepleted(): boolean {
    return this.#known.size < SURE_CARS && this.#horizonM < Number.POSITIVE_INFINITY;
  }

  /** Whether all cars of the cells are shown. */
  get isComplete(): boolean {
    return this.#horizonM === Number.POSITIVE_INFINITY && this.#known.size <= NEAREST_CARS;
  }

  /**
   * Replaces the known cars.
   * @param horizonM distance within which `cars` are all cars of the cells; infinite when there are no others
   */
  reset(area: Area, cars: KnownCar[], horizonM: number): void {
    this.#area = area;
    this.#horizonM = horizonM;
    this.#known.clear();
    for (const { car, cell } of cars)
      this.#known.set(car.key, { car, cell, distanceM: distanceM(area, car) });
  }

  /** Applies the changes of one cell. */
  apply({ tick, cell, moved, gone }: HeldChanges): void {
    if (!this.#area.cells.has(cell)) return;
    this.#tick = Math.max(this.#tick, tick);
    // It may have entered another cell before the removal from this one arrived.
    for (const key of gone) if (this.#known.get(key)?.cell === cell) this.#known.delete(key);
    for (const car of moved) this.#move(car, cell);
    if (this.#known.size > 2 * KNOWN_CARS) this.#forgetFarthest();
  }

  #move(car: HeldCar, cell: string): void {
    const known = this.#known.get(car.key);
    if (known !== undefined && known.car.t > car.t) return;
    const away = distanceM(this.#area, car);
    if (away > this.#horizonM) this.#known.delete(car.key);
    else this.#known.set(car.key, { car, cell, distanceM: away });
  }

  #forgetFarthest(): void {
    const ranked = this.#ranked();
    for (const { car } of ranked.slice(KNOWN_CARS)) this.#known.delete(car.key);
    this.#horizonM = ranked[KNOWN_CARS - 1]!.distanceM;
  }

  /**
   * Brings the known cars up to date.
   * @param current returns a car as it is shown now, and whether it waits for the next interval
   * @returns whether any of them waits
   */
  refresh(current: (key: string) => { car: HeldCar; isWaiting: boolean } | null): boolean {
    let isAnyWaiting = false;
    for (const [key, { cell, car: before }] of this.#known) {
      const { car, isWaiting } = current(key) ?? { car: before, isWaiting: false };
      if (car !== before) this.#move(car, cell);
      isAnyWaiting ||= isWaiting;
    }
    return isAnyWaiting;
  }

  /** Forgets cars that must not be shown any more. */
  forget(isHidden: (key: string) => boolean): void {
    for (const key of this.#known.keys()) if (isHidden(key)) this.#known.delete(key);
  }

  /** Forgets what the client has, in all cells or in some. */
  forgetSent(cells?: ReadonlySet<string>): void {
    for (const [key, { cell }] of this.#sent) if (cells?.has(cell) ?? true) this.#sent.delete(key);
  }

  /** Returns the cars to show that the client does not have, nearest first. */
  takeNew(): HeldCar[] {
    const cars = this.#shown().filter(({ key }) => !this.#sent.has(key));
    for (const car of cars) this.#sent.set(car.key, car);
    return cars;
  }

  /** Returns the frames that bring the client up to date, removals first. */
  takeFrames(): HeldChanges[] {
    const shown = this.#shown();
    const keys = new Set(shown.map(({ key }) => key));
    const removals = new Map<string, string[]>();
    const moves = new Map<string, HeldCar[]>();
    for (const [key, { cell }] of this.#sent) {
      if (keys.has(key)) continue;
      add(removals, cell, key);
      this.#sent.delete(key);
    }
    for (const car of shown) {
      const sent = this.#sent.get(car.key);
      if (sent !== undefined && sent.t === car.t && sent.lat === car.lat && sent.lng === car.lng) continue;
      if (sent !== undefined && sent.cell !== car.cell) add(removals, sent.cell, car.key);
      add(moves, car.cell, car);
      this.#sent.set(car.key, car);
    }
    const tick = this.#tick;
    return [
      ...Array.from(removals, ([cell, gone]) => ({ tick, cell, moved: [], gone })),
      ...Array.from(moves, ([cell, moved]) => ({ tick, cell, moved, gone: [] })),
    ];
  }

  #shown(): HeldCar[] {
    const { isComplete } = this;
    return this.#ranked()
      .slice(0, NEAREST_CARS)
      .filter(({ car }, rank) => rank < SURE_CARS || isComplete || this.#sent.has(car.key))
      .map(({ car }) => car);
  }

  #ranked(): Ranked[] {
    return [...this.#known.values()].sort((a, b) => a.distanceM - b.distanceM);
  }
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
