/** Difference between the clock of this machine and that of Redis above which it is reported. */
export const MAX_CLOCK_OFFSET_MS = 1_000;

/**
 * Clock of the installation: the time of Redis, as this process last measured it. The clocks of machines differ, and processes
 * compare times that others wrote: heartbeats, versions, last positions. Between two measurements it advances with the
 * monotonic clock, so setting the clock of a machine changes nothing.
 */
export class Clock {
  /** epoch ms at the origin of the monotonic clock; null until it was measured */
  #origin: number | null = null;

  /** Current time, epoch ms. Before the first measurement it is that of this machine. */
  now(): number {
    return this.#origin === null ? Date.now() : Math.floor(performance.now() + this.#origin);
  }

  /** Difference of this machine's own clock from that of Redis, ms; positive if ahead. */
  get offsetMs(): number {
    return Date.now() - this.now();
  }

  /** Measures the offset. @param read returns the time of Redis, epoch ms @throws what `read` throws */
  async measure(read: () => Promise<number>): Promise<void> {
    const sentAt = performance.now();
    const time = await read();
    const receivedAt = performance.now();
    const uncertaintyMs = (receivedAt - sentAt) / 2;
    const origin = time - (sentAt + receivedAt) / 2;
    // A slow reply says little: keep what is consistent with it.
    if (this.#origin === null || Math.abs(origin - this.#origin) > uncertaintyMs) this.#origin = origin;
  }
}

/** The clock of this process. */
export const clock = new Clock();
