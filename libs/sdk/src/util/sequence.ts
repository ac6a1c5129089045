/** Releases items in the order of their `seq`, once each and without gaps, however they arrive. */
export class Sequence<T extends { seq: number }> {
  readonly #early = new Map<number, T>();
  #last: number;

  /** @param last the `seq` before the first item */
  constructor(last: number) {
    this.#last = last;
  }

  /** `seq` of the last item that was released. */
  get last(): number {
    return this.#last;
  }

  /** Whether an item arrived early: one before it is missing. */
  get hasGap(): boolean {
    return this.#early.size > 0;
  }

  /** @returns the items that can be released now, in order */
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

  /** Drops the items that arrived early. */
  forgetEarly(): void {
    this.#early.clear();
  }
}
