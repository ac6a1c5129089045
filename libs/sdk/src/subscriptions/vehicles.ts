import type { Frame, Vehicle } from '#protocol';

/** What changed among the vehicles of a watched area. */
export type VehicleChanges = {
  /** as they are now, those that are new among them */
  moved: Vehicle[];
  /** ids of those that are not there any more */
  gone: string[];
  /** whether `moved` is all there is, read anew */
  snapshot: boolean;
};

type Held = { vehicle: Vehicle; cell: string | null; heardAt: number };

/** The service drops who is silent for 30 s and says so; this is for when that message itself was lost. */
const FORGET_MS = 60_000;
const LOOK_INTERVAL_MS = 5_000;

/** The vehicles of a watched area: a snapshot, kept current by frames in whatever order they arrive. */
export class Vehicles {
  readonly #held = new Map<string, Held>();
  #lookedAt = 0;

  /** How many there are. */
  get size(): number {
    return this.#held.size;
  }

  /** One of them, if it is there. */
  get(id: string): Vehicle | undefined {
    return this.#held.get(id)?.vehicle;
  }

  /** All of them, in no order. */
  *[Symbol.iterator](): Iterator<Vehicle> {
    for (const { vehicle } of this.#held.values()) yield vehicle;
  }

  /** Begins anew with these. */
  reset(snapshot: Array<Vehicle & { cell?: string }>): void {
    this.#held.clear();
    this.add(snapshot);
  }

  /** Vehicles of cells that are watched from now on; what frames have said since is newer. @returns the new ones */
  add(snapshot: Array<Vehicle & { cell?: string }>): Vehicle[] {
    const heardAt = performance.now();
    const added: Vehicle[] = [];
    for (const { cell = null, ...vehicle } of snapshot) {
      if (this.#isNewer(vehicle)) continue;
      this.#held.set(vehicle.id, { vehicle, cell, heardAt });
      added.push(vehicle);
    }
    return added;
  }

  /** Forgets the vehicles of cells that are not watched any more. @returns their ids */
  leave(cells: string[]): string[] {
    const left = new Set(cells);
    const gone = [...this.#held].filter(([, { cell }]) => cell !== null && left.has(cell)).map(([id]) => id);
    for (const id of gone) this.#held.delete(id);
    return gone;
  }

  /** What a watch answers: all there is, or of an area that moved the vehicles of new cells, and the cells that it left. */
  look(seen: Array<Vehicle & { cell?: string }>, leftCells: string[], delta: boolean): VehicleChanges {
    if (!delta) this.reset([]);
    const left = this.leave(leftCells);
    const moved = this.add(seen);
    return { moved, gone: left.filter((id) => !this.#held.has(id)), snapshot: !delta };
  }

  /** What the service says of one cell. @returns what really changed */
  apply(frame: Frame): Omit<VehicleChanges, 'snapshot'> {
    const now = performance.now();
    const gone = frame.gone.filter((id) => {
      const held = this.#held.get(id);
      // A vehicle that was seen in another cell since then has only crossed the border.
      return held !== undefined && (held.cell === null || held.cell === frame.cell) && this.#held.delete(id);
    });
    const moved = frame.moved.filter((vehicle) => {
      if (this.#isNewer(vehicle)) return false;
      this.#held.set(vehicle.id, { vehicle, cell: frame.cell, heardAt: now });
      return true;
    });
    return { moved, gone: [...gone, ...this.#forget(now)] };
  }

  /** Whether a newer fix of this vehicle is known. */
  #isNewer({ id, t }: Vehicle): boolean {
    const held = this.#held.get(id);
    return held !== undefined && held.vehicle.t > t;
  }

  #forget(now: number): string[] {
    if (now < this.#lookedAt + LOOK_INTERVAL_MS) return [];
    this.#lookedAt = now;
    const forgotten = [...this.#held]
      .filter(([, { heardAt }]) => now > heardAt + FORGET_MS)
      .map(([id]) => id);
    for (const id of forgotten) this.#held.delete(id);
    return forgotten;
  }
}
