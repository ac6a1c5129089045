import type { Frame, Vehicle } from '#protocol';

type Held = { vehicle: Vehicle; cell: string | null };

/** The vehicles of a watched area: a snapshot, kept current by frames in whatever order they arrive. */
export class Vehicles {
  readonly #held = new Map<string, Held>();

  get size(): number {
    return this.#held.size;
  }

  get(id: string): Vehicle | undefined {
    return this.#held.get(id)?.vehicle;
  }

  *[Symbol.iterator](): Iterator<Vehicle> {
    for (const { vehicle } of this.#held.values()) yield vehicle;
  }

  reset(snapshot: Vehicle[]): void {
    this.#held.clear();
    for (const vehicle of snapshot) this.#held.set(vehicle.id, { vehicle, cell: null });
  }

  /** @returns what really changed */
  apply(frame: Frame): { moved: Vehicle[]; gone: string[] } {
    const gone = frame.gone.filter((id) => {
      const held = this.#held.get(id);
      // A vehicle that was seen in another cell since then has only crossed the border.
      return held !== undefined && (held.cell === null || held.cell === frame.cell) && this.#held.delete(id);
    });
    const moved = frame.moved.filter((vehicle) => {
      const held = this.#held.get(vehicle.id);
      if (held !== undefined && held.vehicle.t > vehicle.t) return false;
      this.#held.set(vehicle.id, { vehicle, cell: frame.cell });
      return true;
    });
    return { moved, gone };
  }
}
