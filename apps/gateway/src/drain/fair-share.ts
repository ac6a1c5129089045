/** Clients above the fair share at which a gateway begins to shed, as a factor and a number: moving costs more than it gains. */
const BEGIN = { factor: 1.2, count: 20 };
const END = { factor: 1.05, count: 5 };
/** Checks in a row with too many clients before the first is moved: a crowd that just connected evens out by itself. */
const PATIENCE = 10;
/** Share of the clients that moves at each check. */
const STEP = 0.05;

/** Decides how many clients a gateway sheds, at regular checks. */
export class FairShare {
  #checks = 0;

  /**
   * @param own clients of this gateway
   * @param others clients of each other live gateway
   * @returns the number to move now
   */
  excess(own: number, others: number[]): number {
    if (others.length === 0) return 0;
    const fair = (own + others.reduce((sum, count) => sum + count, 0)) / (others.length + 1);
    const { factor, count } = this.#checks >= PATIENCE ? END : BEGIN;
    if (own <= fair * factor + count) {
      this.#checks = 0;
      return 0;
    }
    this.#checks += 1;
    return this.#checks < PATIENCE ? 0 : Math.ceil(Math.min(own - fair, own * STEP));
  }
}
