const MAX_PLACES = 20_000;
/** With 17 drivers expected, one circle in 38 holds fewer than 10 (Poisson) and a wider one is searched. */
const MARGIN = 1.7;
const INITIAL_M = 500;
const MIN_M = 100;
const MAX_GROWTH = 4;

type Observation = { perM2: number; radiusM: number };

/** Estimates a search radius from the density of drivers that the last search at the same place found, without a query. */
export class RadiusEstimator {
  readonly #places = new Map<string, Observation>();

  /** Radius in metres of a circle that is likely to hold `k` drivers. */
  radiusFor(place: string, k: number, maxM: number): number {
    const last = this.#places.get(place);
    if (last === undefined) return Math.min(maxM, INITIAL_M);
    const guess =
      last.perM2 === 0 ? last.radiusM * MAX_GROWTH : Math.sqrt((MARGIN * k) / (Math.PI * last.perM2));
    return Math.min(maxM, Math.max(MIN_M, Math.min(guess, last.radiusM * MAX_GROWTH)));
  }

  /** Stores the result of a search. Forgets all places when there are too many. */
  learn(place: string, found: number, radiusM: number): void {
    if (this.#places.size >= MAX_PLACES) this.#places.clear();
    this.#places.set(place, { perM2: found / (Math.PI * radiusM ** 2), radiusM });
  }
}
