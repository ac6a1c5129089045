import type { Trip } from '#protocol';

/** Trips that the feed of one user may tell at once, which keeps so many entries. */
export const MAX_IN_FEED = 500;

/** Trips in the newest version that is known: pushes and answers may cross each other. */
export class TripVersions {
  readonly #trips = new Map<string, Trip>();

  /** @param limit trips; with more, the one that changed the longest time ago is forgotten */
  constructor(private readonly limit: number) {}

  /** @returns whether this is news */
  take(trip: Trip): boolean {
    if (trip.version <= this.versionOf(trip.id)) return false;
    this.#trips.delete(trip.id);
    this.#trips.set(trip.id, trip);
    if (this.#trips.size > this.limit) this.#trips.delete(this.#trips.keys().next().value!);
    return true;
  }

  /** Whether there are versions between the one that is known and this one. */
  hasGapBefore({ id, version }: Trip): boolean {
    const known = this.versionOf(id);
    return known > 0 && version > known + 1;
  }

  get(id: string): Trip | undefined {
    return this.#trips.get(id);
  }

  /** 0 for a trip that is not known. */
  versionOf(id: string): number {
    return this.#trips.get(id)?.version ?? 0;
  }
}
