/**
 * Lets only one window of this browser send the positions of a driver, or the car would jump between two places: the
 * newest that wants to. Browsers offer it to pages with HTTPS and to localhost: https://www.w3.org/TR/web-locks/
 */
export class OnlyWindow {
  #release = () => {};

  /** @param onLost called when another window takes over */
  constructor(
    private readonly name: string,
    private readonly onLost: () => void,
  ) {}

  take(): void {
    if (!('locks' in navigator)) return;
    this.release();
    const held = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    navigator.locks
      .request(this.name, { steal: true }, () => held)
      .catch((error: Error) => {
        // A stolen lock is aborted. Any other error means that there are no locks, as where site data is blocked.
        if (error.name === 'AbortError') this.onLost();
      });
  }

  release(): void {
    this.#release();
  }
}
