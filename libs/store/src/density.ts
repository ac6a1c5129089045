const REMEMBERED = 20_000;
/** Of circles that hold 17 drivers in the mean, one in 38 holds fewer than 10 (Poisson), and a wider one is asked. */
const MARGIN = 1.7;
const FIRST_M = 500;
const LEAST_M = 100;
const LARGEST_STEP = 4;

type Learnt = { perM2: number; askedM: number };

/** How dense drivers were at each place when it was asked last: a guess that costs no question. */
export class Density {
  readonly #places = new Map<string, Learnt>();

  /** The radius of a circle, metres, that is likely to hold `k`. */
  radiusFor(place: string, k: number, maxM: number): number {
    const learnt = this.#places.get(place);
    if (learnt === undefined) return Math.min(maxM, FIRST_M);
    const guess =
      learnt.perM2 === 0 ? learnt.askedM * LARGEST_STEP : Math.sqrt((MARGIN * k) / (Math.PI * learnt.perM2));
    return Math.min(maxM, Math.max(LEAST_M, Math.min(guess, learnt.askedM * LARGEST_STEP)));
  }

  learn(place: string, found: number, radiusM: number): void {
    if (this.#places.size >= REMEMBERED) this.#places.clear();
    this.#places.set(place, { perM2: found / (Math.PI * radiusM ** 2), askedM: radiusM });
  }
}
