import { unlessAborted } from '../util/event-promise.js';

/**
 * Holds pushes back while a watch waits for its snapshot, and applies them after it. Otherwise the snapshot would undo a
 * `gone` that overtook it, and a ghost vehicle would stay.
 */
export class Gate<Push> {
  #held: Push[] | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly apply: (push: Push) => void) {}

  pass(push: Push): void {
    if (this.#held === null) this.apply(push);
    else this.#held.push(push);
  }

  /** Resolves when no request is pending. */
  async idle(): Promise<void> {
    for (let last = null; last !== this.#last; ) {
      last = this.#last;
      await last.catch(() => {});
    }
  }

  /**
   * Sends a request once the previous one is answered: each answer builds on the one before.
   * @param take applies the answer; returns a filter for the pushes that were held back
   */
  request<Answer>(
    send: () => Promise<Answer>,
    take: (answer: Answer) => (push: Push) => boolean,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const done = this.#last.catch(() => {}).then(() => this.#request(send, take, signal));
    this.#last = done;
    return unlessAborted(done, signal);
  }

  async #request<Answer>(
    send: () => Promise<Answer>,
    take: (answer: Answer) => (push: Push) => boolean,
    signal?: AbortSignal,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    this.#held = [];
    let isRelevant: (push: Push) => boolean = () => true;
    try {
      const answer = await send();
      isRelevant = take(answer);
      return answer;
    } finally {
      const held = this.#held;
      this.#held = null;
      for (const push of held) if (isRelevant(push)) this.apply(push);
    }
  }
}
