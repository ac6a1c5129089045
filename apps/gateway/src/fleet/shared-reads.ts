type Read<T> = { running: Promise<T>; next: Promise<T> | null };

/**
 * Reads that are shared by all who ask for the same at about the same time, such as a crowd that begins to look at the cars of one
 * place. Whoever asks while one runs shares the next one: no result is older than its request.
 */
export class SharedReads<T> {
  readonly #reads = new Map<string, Read<T>>();

  /** @param read begins at once, or when the running read of this key has ended, for all who have asked meanwhile */
  get(key: string, read: () => Promise<T>): Promise<T> {
    const current = this.#reads.get(key);
    if (current === undefined) return this.#start(key, read);
    current.next ??= current.running.then(
      () => this.#start(key, read),
      () => this.#start(key, read),
    );
    return current.next;
  }

  #start(key: string, read: () => Promise<T>): Promise<T> {
    const started: Read<T> = { running: read(), next: null };
    this.#reads.set(key, started);
    const end = () => {
      if (started.next === null) this.#reads.delete(key);
    };
    started.running.then(end, end);
    return started.running;
  }
}
