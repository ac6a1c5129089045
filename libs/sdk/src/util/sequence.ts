/** Puts what comes twice, late or too early into one order without gaps. */
export class Sequence<T extends { seq: number }> {
  readonly #early = new Map<number, T>();
  #last: number;

  /** @param last the `seq` that the first one follows */
  constructor(last: number) {
    this.#last = last;
  }

  /** `seq` of the last one whose turn it was. */
  get last(): number {
    return this.#last;
  }

  /** Whether something came whose turn it is not yet. */
  get hasGap(): boolean {
    return this.#early.size > 0;
  }

  /** @returns those whose turn it is now */
  take(item: T): T[] {
    if (item.seq > this.#last) this.#early.set(item.seq, item);
    const due: T[] = [];
    for (;;) {
      const next = this.#early.get(this.#last + 1);
      if (next === undefined) return due;
      this.#last = next.seq;
      this.#early.delete(next.seq);
      due.push(next);
    }
  }

  /** Forgets what came too early. */
  forgetEarly(): void {
    this.#early.clear();
  }
}
