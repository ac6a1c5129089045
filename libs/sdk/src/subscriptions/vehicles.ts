import type { Frame, Vehicle } from '#protocol';

/** A vehicle as dispatchers see it, or a car as riders do. */
export type Placed = {
  /** id of the driver, or the name of a car in this session */
  id: string;
  /** time of the position, epoch ms */
  t: number;
};
/** Frame of either. */
export type FrameOf<V extends Placed> = Omit<Frame, 'moved'> & {
  /** changed and new ones */
  moved: V[];
};

/** Changes among the vehicles of a watched area. */
export type VehicleChanges<V extends Placed = Vehicle> = {
  /** changed and new vehicles, as they are now */
  moved: V[];
  /** ids of vehicles that are no longer in the area */
  gone: string[];
  /** whether `moved` is a full snapshot, which replaces everything before */
  snapshot: boolean;
};

/**
 * Adds `receivedAt` where a frame leaves it out, because the service had just received the position.
 * @param now time by the service's clock, epoch ms
 */
export function withTimes(frame: Frame, now: number): Frame {
  for (const vehicle of frame.moved) vehicle.receivedAt ??= now;
  return frame;
}

type Held<V extends Placed> = { vehicle: V; cell: string | null; seenAt: number };

/** The service drops vehicles that are silent for 30 s and sends `gone`; this covers a lost `gone`. */
const FORGET_MS = 60_000;
const SWEEP_INTERVAL_MS = 5_000;

/** The vehicles of a watched area: a snapshot that frames keep current, in whatever order they arrive. */
export class Vehicles<V extends Placed = Vehicle> {
  readonly #held = new Map<string, Held<V>>();
  #sweptAt = 0;

  /** Number of vehicles. */
  get size(): number {
    return this.#held.size;
  }

  /** Returns a vehicle by id; undefined when it is not in the area. */
  get(id: string): V | undefined {
    return this.#held.get(id)?.vehicle;
  }

  /** Iterates over the vehicles, in no particular order. */
  *[Symbol.iterator](): Iterator<V> {
    for (const { vehicle } of this.#held.values()) yield vehicle;
  }

  /** Replaces all vehicles. */
  reset(snapshot: Array<V & { cell?: string }>): void {
    this.#held.clear();
    this.add(snapshot);
  }

  /** Adds the vehicles of newly watched cells, unless a frame has brought a newer position. @returns those it added */
  add(snapshot: Array<V & { cell?: string }>): V[] {
    const seenAt = performance.now();
    const added: V[] = [];
    for (const { cell = null, ...rest } of snapshot) {
      const vehicle = rest as unknown as V;
      if (this.#isNewer(vehicle)) continue;
      this.#held.set(vehicle.id, { vehicle, cell, seenAt });
      added.push(vehicle);
    }
    return added;
  }

  /** Removes the vehicles of cells that are no longer watched. @returns their ids */
  removeCells(cells: string[]): string[] {
    const removed = new Set(cells);
    const gone = [...this.#held]
      .filter(([, { cell }]) => cell !== null && removed.has(cell))
      .map(([id]) => id);
    for (const id of gone) this.#held.delete(id);
    return gone;
  }

  /** Applies the answer to a watch: a full snapshot, or the delta after the area moved. */
  applyView(
    vehicles: Array<V & { cell?: string }>,
    removedCells: string[],
    delta: boolean,
  ): VehicleChanges<V> {
    if (!delta) this.reset([]);
    const removed = this.removeCells(removedCells);
    const moved = this.add(vehicles);
    return { moved, gone: removed.filter((id) => !this.#held.has(id)), snapshot: !delta };
  }

  /** Applies the frame of one cell. @returns the actual changes */
  apply(frame: FrameOf<V>): Omit<VehicleChanges<V>, 'snapshot'> {
    const now = performance.now();
    const gone = frame.gone.filter((id) => {
      const held = this.#held.get(id);
      // A vehicle that appeared in another cell since then has only crossed the border.
      return held !== undefined && (held.cell === null || held.cell === frame.cell) && this.#held.delete(id);
    });
    const moved = frame.moved.filter((vehicle) => {
      if (this.#isNewer(vehicle)) return false;
      this.#held.set(vehicle.id, { vehicle, cell: frame.cell, seenAt: now });
      return true;
    });
    return { moved, gone: [...gone, ...this.#sweep(now)] };
  }

  /** Whether a newer position of this vehicle is known. */
  #isNewer({ id, t }: Placed): boolean {
    const held = this.#held.get(id);
    return held !== undefined && held.vehicle.t > t;
  }

  #sweep(now: number): string[] {
    if (now < this.#sweptAt + SWEEP_INTERVAL_MS) return [];
    this.#sweptAt = now;
    const expired = [...this.#held].filter(([, { seenAt }]) => now > seenAt + FORGET_MS).map(([id]) => id);
    for (const id of expired) this.#held.delete(id);
    return expired;
  }
}
