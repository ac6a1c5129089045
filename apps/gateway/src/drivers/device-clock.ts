/** Clocks that differ by less need no correction. */
const MAX_UNCORRECTED_MS = 2_000;
/** Minimum time over which the times of fixes are compared with those of their arrival. */
const MIN_COMPARED_MS = 3_000;
/** Difference that the network and the device's own schedule explain. */
const TOLERANCE_MS = 1_000;

type Sample = { t: number; receivedAt: number };

/**
 * Finds out how far the clock of one device is behind, from the times at which its fixes arrive. Over some seconds, the fixes
 * of a device that reports live advance as fast as the clock of the service, whatever their delay; this delay is then the
 * error of its clock. A cached fix comes alone, a receiver that repeats its last fix does not advance, and a backlog
 * advances faster. No fix arrives before it is taken, so the smallest delay bounds the error.
 *
 * `ServiceClock` of the sdk shares nothing with it: a client can ask for the time, and measures round trips; the service only
 * receives, and must distinguish a slow clock from a delay.
 */
export class DeviceClock {
  #compared: Sample | null = null;
  #slowMs = 0;

  /**
   * Observes the newest fix of a batch.
   * @returns how far the clock is behind, ms; 0 as long as that is unknown, or too little to matter
   */
  observe(t: number, receivedAt: number): number {
    const delayMs = receivedAt - t;
    const before = this.#compared;
    if (before === null || t < before.t) this.#compared = { t, receivedAt };
    else if (receivedAt - before.receivedAt >= MIN_COMPARED_MS) {
      const isLive = Math.abs(delayMs - (before.receivedAt - before.t)) <= TOLERANCE_MS;
      if (isLive) this.#slowMs = Math.min(delayMs, before.receivedAt - before.t);
      this.#compared = { t, receivedAt };
    }
    this.#slowMs = Math.max(0, Math.min(this.#slowMs, delayMs));
    return this.#slowMs > MAX_UNCORRECTED_MS ? this.#slowMs : 0;
  }
}
