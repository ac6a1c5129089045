import type { Point } from '#geo';
import { indexCell, regionOf } from '#geo/cells';
import { hourOf, type TrackFix } from '#store';

/** A fix of a model: every time occurs once, and every step is one that a car can drive. */
export type PlainFix = Point & { driverId: string; t: number };
type Stored = Pick<TrackFix, 't' | 'lat' | 'lng' | 'late'>;

/** Tracks as they should be stored: one plain list for each driver, region and hour. */
export class PlainTracks {
  readonly #lists = new Map<string, Stored[]>();
  readonly #newest = new Map<string, PlainFix>();

  constructor(private readonly maxPerHour: number) {}

  /** Takes a batch: a processor writes the fixes of a driver together, into the region of the newest one. */
  handle(batch: PlainFix[]): void {
    for (const driverId of new Set(batch.map((fix) => fix.driverId))) {
      const own = batch.filter((fix) => fix.driverId === driverId);
      const kept = own.map((fix) => {
        const newest = this.#newest.get(driverId);
        const late = newest !== undefined && fix.t < newest.t;
        if (!late) this.#newest.set(driverId, fix);
        return { t: fix.t, lat: fix.lat, lng: fix.lng, late };
      });
      const region = regionOf(indexCell(this.#newest.get(driverId)!));
      for (const fix of kept) this.#append(`${driverId}/${region}/${hourOf(fix.t)}`, fix);
    }
  }

  /** Forgets the watermarks of all drivers; their tracks stay. */
  forget(): void {
    this.#newest.clear();
  }

  /** The track of a driver, in order of time. */
  track(driverId: string): Stored[] {
    return this.#of(driverId, () => true).sort((a, b) => a.t - b.t);
  }

  /** The last fixes of this hour and the one before, of those that arrived last in each region. */
  latest(driverId: string, count: number, now: number): Stored[] {
    const hours = [hourOf(now) - 1, hourOf(now)].map(String);
    return this.#of(driverId, (hour) => hours.includes(hour), -count)
      .sort((a, b) => a.t - b.t)
      .slice(-count);
  }

  #append(key: string, fix: Stored): void {
    const list = this.#lists.get(key) ?? [];
    this.#lists.set(key, list);
    if (list.length < this.maxPerHour) list.push(fix);
  }

  #of(driverId: string, takesHour: (hour: string) => boolean, from = 0): Stored[] {
    return [...this.#lists].flatMap(([key, list]) => {
      const [owner, , hour] = key.split('/') as [string, string, string];
      return owner === driverId && takesHour(hour) ? list.slice(from) : [];
    });
  }
}
