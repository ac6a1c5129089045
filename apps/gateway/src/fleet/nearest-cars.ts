import { distanceM, type Point } from '#geo';
import type { Frame, PlacedVehicle, Vehicle } from '#protocol';

/** The nearest cars, which a rider always sees; more would not help. */
export const NEAREST_CARS = 80;
/** Maximum number of cars that a rider sees. Larger than the number above, so that cars do not flicker at its edge. */
export const MAX_CARS = 100;
/** Cars to read for a view: those beyond the shown ones replace the cars that leave. */
export const KNOWN_CARS = 2 * MAX_CARS;

export type Area = Point & { cells: ReadonlySet<string> };
type Car = { vehicle: Vehicle; cell: string; distanceM: number };
type Sent = { t: number; cell: string; at: number };

/**
 * The cars that one rider sees: the nearest ones around a pin. Each of the {@link NEAREST_CARS} nearest is shown; a shown one
 * stays until {@link MAX_CARS} others are nearer. Every car within the horizon is known, so the ranks are exact.
 */
export class NearestCars {
  #area: Area = { lat: 0, lng: 0, cells: new Set() };
  #horizonM = 0;
  readonly #known = new Map<string, Car>();
  /** cars of the client, as they were sent */
  readonly #sent = new Map<string, Sent>();
  #tick = 0;

  /** Whether fewer cars are known than may be shown, although there are more beyond the horizon. */
  get isDepleted(): boolean {
    return this.#known.size < NEAREST_CARS && this.#horizonM < Number.POSITIVE_INFINITY;
  }

  /** Whether all cars of the cells are shown. */
  get isComplete(): boolean {
    return this.#horizonM === Number.POSITIVE_INFINITY && this.#known.size <= MAX_CARS;
  }

  /**
   * Replaces the known cars.
   * @param horizonM distance within which `cars` are all cars of the cells; infinite when there are no others
   */
  reset(area: Area, cars: PlacedVehicle[], horizonM: number): void {
    this.#area = area;
    this.#horizonM = horizonM;
    this.#known.clear();
    for (const { cell, ...vehicle } of cars)
      this.#known.set(vehicle.id, { vehicle, cell, distanceM: distanceM(area, vehicle) });
  }

  /** Applies the frame of one cell. @param now epoch ms */
  apply({ tick, cell, moved, gone }: Frame, now: number): void {
    if (!this.#area.cells.has(cell)) return;
    this.#tick = Math.max(this.#tick, tick);
    // It may have entered another cell before the removal from this one arrived.
    for (const id of gone) if (this.#known.get(id)?.cell === cell) this.#known.delete(id);
    for (const vehicle of moved) this.#move(vehicle, cell, now);
    if (this.#known.size > 2 * KNOWN_CARS) this.#forgetFarthest();
  }

  #move(vehicle: Vehicle, cell: string, now: number): void {
    const known = this.#known.get(vehicle.id);
    if (known !== undefined && known.vehicle.t > vehicle.t) return;
    const away = distanceM(this.#area, vehicle);
    if (away > this.#horizonM) this.#known.delete(vehicle.id);
    // The frame to the client may leave later than this one.
    else
      this.#known.set(vehicle.id, {
        vehicle: { ...vehicle, receivedAt: vehicle.receivedAt ?? now },
        cell,
        distanceM: away,
      });
  }

  #forgetFarthest(): void {
    const ranked = this.#ranked();
    for (const { vehicle } of ranked.slice(KNOWN_CARS)) this.#known.delete(vehicle.id);
    this.#horizonM = ranked[KNOWN_CARS - 1]!.distanceM;
  }

  /** Forgets what the client has, in all cells or in some. */
  forgetSent(cells?: ReadonlySet<string>): void {
    for (const [id, { cell }] of this.#sent) if (cells?.has(cell) ?? true) this.#sent.delete(id);
  }

  /** Returns the cars to show that the client does not have, nearest first. @param now epoch ms */
  takeNew(now: number): PlacedVehicle[] {
    const cars = this.#shown().filter(({ vehicle }) => !this.#sent.has(vehicle.id));
    for (const car of cars) this.#markSent(car, now);
    return cars.map(({ vehicle, cell }) => ({ ...vehicle, cell, receivedAt: vehicle.receivedAt ?? now }));
  }

  /**
   * Returns the frames that bring the client up to date, removals first.
   * @param budget maximum number of moved cars; those that were not sent for longest go first
   * @param now epoch ms
   */
  takeFrames(budget: number, now: number): { frames: Frame[]; moved: number; isDone: boolean } {
    const shown = this.#shown();
    const ids = new Set(shown.map(({ vehicle }) => vehicle.id));
    const removals = new Map<string, string[]>();
    const moves = new Map<string, Vehicle[]>();
    for (const [id, { cell }] of this.#sent) {
      if (ids.has(id)) continue;
      add(removals, cell, id);
      this.#sent.delete(id);
    }
    const changed = shown.filter(({ vehicle, cell }) => {
      const sent = this.#sent.get(vehicle.id);
      return sent === undefined || sent.t !== vehicle.t || sent.cell !== cell;
    });
    const sentAt = ({ vehicle }: Car) => this.#sent.get(vehicle.id)?.at ?? 0;
    const sending = changed.sort((a, b) => sentAt(a) - sentAt(b)).slice(0, budget);
    for (const car of sending) {
      const before = this.#sent.get(car.vehicle.id);
      if (before !== undefined && before.cell !== car.cell) add(removals, before.cell, car.vehicle.id);
      add(moves, car.cell, forFrame(car.vehicle, now));
      this.#markSent(car, now);
    }
    const tick = this.#tick;
    return {
      frames: [
        ...Array.from(removals, ([cell, gone]) => ({ tick, cell, moved: [], gone })),
        ...Array.from(moves, ([cell, moved]) => ({ tick, cell, moved, gone: [] })),
      ],
      moved: sending.length,
      isDone: sending.length === changed.length,
    };
  }

  #markSent({ vehicle, cell }: Car, at: number): void {
    this.#sent.set(vehicle.id, { t: vehicle.t, cell, at });
  }

  #shown(): Car[] {
    const { isComplete } = this;
    return this.#ranked()
      .slice(0, MAX_CARS)
      .filter(({ vehicle }, rank) => rank < NEAREST_CARS || isComplete || this.#sent.has(vehicle.id));
  }

  #ranked(): Car[] {
    return [...this.#known.values()].sort((a, b) => a.distanceM - b.distanceM);
  }
}

/** Age above which a vehicle in a frame says when its position was received. */
const FRESH_MS = 2_000;

function forFrame({ receivedAt, ...vehicle }: Vehicle, now: number): Vehicle {
  return receivedAt !== undefined && now - receivedAt > FRESH_MS ? { ...vehicle, receivedAt } : vehicle;
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
