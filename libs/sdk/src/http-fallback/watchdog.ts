/** Calls back when nothing has happened for some time. */
export class Watchdog {
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly onSilence: () => void) {}

  /** Something has happened; the next thing should within so many ms. */
  expect(withinMs: number): void {
    this.stop();
    this.#timer = setTimeout(this.onSilence, withinMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
