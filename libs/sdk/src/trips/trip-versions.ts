import type { Trip } from '#protocol';

/** Trips that can be in the feed of one user, which keeps this many entries. */
export const MAX_IN_FEED = 500;

/** The newest known version of each trip: pushes and answers may cross. */
export class TripVersions {
  readonly #trips = new Map<string, Trip>();

  /** @param limit maximum number of trips; beyond it, the least recently changed one is dropped */
  constructor(private readonly limit: number) {}

  /** @returns whether this version is newer */
  take(trip: Trip): boolean {
    if (trip.version <= this.versionOf(trip.id)) return false;
    this.#trips.delete(trip.id);
    this.#trips.set(trip.id, trip);
    if (this.#trips.size > this.limit) this.#trips.delete(this.#trips.keys().next().value!);
    return true;
  }

  /** Whether versions between the known one and this one are missing. */
  hasGapBefore({ id, version }: Trip): boolean {
    const known = this.versionOf(id);
    return known > 0 && version > known + 1;
  }

  get(id: string): Trip | undefined {
    return this.#trips.get(id);
  }

  /** @returns 0 for an unknown trip */
  versionOf(id: string): number {
    return this.#trips.get(id)?.version ?? 0;
  }
}
