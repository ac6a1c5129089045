import type { Code, Fix } from '#protocol';

/**
 * Finds out whether the service takes the positions of this device: it does not when the newest fix with an answer was
 * rejected. Fixes that an earlier run of the page has left do not count.
 */
export class RefusedFixes {
  /** number of each fix in the order of the reports */
  readonly #numbers = new WeakMap<Fix, number>();
  #reported = 0;
  #newestAnswered = 0;
  #code: Code | null = null;

  /** Reason why the newest fix was rejected; null when it was accepted. */
  get code(): Code | null {
    return this.#code;
  }

  /** Call it with each fix before it is reported. */
  add(fix: Fix): void {
    this.#reported += 1;
    this.#numbers.set(fix, this.#reported);
  }

  acked(fixes: readonly Fix[]): void {
    for (const fix of fixes) this.#answered(fix, null);
  }

  rejected(fix: Fix, code: Code): void {
    this.#answered(fix, code);
  }

  /** Forgets the last answer, because other positions follow. */
  reset(): void {
    this.#code = null;
  }

  #answered(fix: Fix, code: Code | null): void {
    const number = this.#numbers.get(fix) ?? 0;
    if (number <= this.#newestAnswered) return;
    this.#newestAnswered = number;
    this.#code = code;
  }
}
