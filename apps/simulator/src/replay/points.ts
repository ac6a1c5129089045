/** One recorded fix; `t` in ms since an arbitrary start. */
export type TracePoint = { id: string; t: number; lat: number; lng: number };

/** Reason for which a point cannot be played. */
type Gap = 'time' | 'position' | 'fix' | 'path';

const NOTES: Record<Gap, [one: string, many: string]> = {
  time: ['point without a time was skipped', 'points without a time were skipped'],
  position: ['point without a position was skipped', 'points without a position were skipped'],
  fix: [
    'point at 0, 0, from a receiver without a fix, was skipped',
    'points at 0, 0, from a receiver without a fix, were skipped',
  ],
  path: ['waypoint beside the tracks was skipped', 'waypoints beside the tracks were skipped'],
};

/** Points of a recording, as a reader finds them; counts those that cannot be played. */
export class PointCollector {
  readonly points: TracePoint[] = [];
  readonly #skipped = new Map<Gap, { count: number; first: string }>();

  /**
   * Adds a point, or counts it if its time or a coordinate is missing.
   * @param place of the point in the file, such as `line 3`
   * @throws {Error} naming the place when a coordinate is outside its range
   */
  add(place: string, id: string, t: number | null, lat: number | null, lng: number | null): void {
    if (lat === null || lng === null) this.skip('position', place);
    else if (Math.abs(lat) > 90) throw new Error(`${place}: the latitude ${lat} is not in [-90, 90]`);
    else if (Math.abs(lng) > 180) throw new Error(`${place}: the longitude ${lng} is not in [-180, 180]`);
    else if (lat === 0 && lng === 0) this.skip('fix', place);
    else if (t === null) this.skip('time', place);
    else this.points.push({ id, t, lat, lng });
  }

  skip(gap: Gap, place: string): void {
    const skipped = this.#skipped.get(gap) ?? { count: 0, first: place };
    skipped.count += 1;
    this.#skipped.set(gap, skipped);
  }

  /** One sentence for each reason for which points were skipped. */
  get notes(): string[] {
    return [...this.#skipped].map(([gap, { count, first }]) => {
      const [one, many] = NOTES[gap];
      return count === 1 ? `1 ${one}: ${first}` : `${count} ${many}, the first at ${first}`;
    });
  }
}
