import { unlessAborted } from '../util/event-promise.js';

/**
 * Holds pushes back while a watch waits for its answer. The answer is a snapshot, so what was pushed before it arrived is
 * applied after it: otherwise a `gone` that overtakes the answer is undone by it, and a ghost stays.
 */
export class Gate<Push> {
  #held: Push[] | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly apply: (push: Push) => void) {}

  pass(push: Push): void {
    if (this.#held === null) this.apply(push);
    else this.#held.push(push);
  }

  /** Resolves when nothing is asked any more. */
  async idle(): Promise<void> {
    for (let last = null; last !== this.#last; ) {
      last = this.#last;
      await last.catch(() => {});
    }
  }

  /**
   * Asks when what was asked before is answered: each answer builds on the one before.
   * @param take applies the answer; returns which of the pushes that were held are still of interest
   */
  ask<Answer>(
    request: () => Promise<Answer>,
    take: (answer: Answer) => (push: Push) => boolean,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const done = this.#last.catch(() => {}).then(() => this.#ask(request, take, signal));
    this.#last = done;
    return unlessAborted(done, signal);
  }

  async #ask<Answer>(
    request: () => Promise<Answer>,
    take: (answer: Answer) => (push: Push) => boolean,
    signal?: AbortSignal,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    this.#held = [];
    let isWanted: (push: Push) => boolean = () => true;
    try {
      const answer = await request();
      isWanted = take(answer);
      return answer;
    } finally {
      const held = this.#held;
      this.#held = null;
      for (const push of held) if (isWanted(push)) this.apply(push);
    }
  }
}
