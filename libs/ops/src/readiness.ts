/** Why this process does not want new work although it runs; `GET /readyz` refuses while there is a reason. */
export class Readiness {
  readonly #reasons = new Map<string, string>();
  readonly #warnings = new Map<string, string>();

  /** Sets a reason, or removes it with null. @param part for example `draining` */
  set(part: string, reason: string | null): void {
    if (reason === null) this.#reasons.delete(part);
    else this.#reasons.set(part, reason);
  }

  /** Sets what an operator should know although the process serves, or removes it with null. */
  warn(part: string, warning: string | null): void {
    if (warning === null) this.#warnings.delete(part);
    else this.#warnings.set(part, warning);
  }

  /** Warnings by part. */
  get warnings(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#warnings);
  }

  /** Reasons by part; empty while the process is ready. */
  get reasons(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#reasons);
  }
}
