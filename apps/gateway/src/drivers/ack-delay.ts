/** Fixes a second at a gateway up to which each batch is acked at once. */
const UNDELAYED_PER_S = 100;
/** Fixes a second from which an ack is delayed longest. */
const FULLY_DELAYED_PER_S = 1_000;
/** Interval at which delayed acks are looked through. */
const CHECK_MS = 50;
/** Longest delay; with that of the check it is four seconds. */
const MAX_DELAY_MS = 4_000 - CHECK_MS;

/**
 * Returns the time that an ack waits for more batches, ms. It saves the work of the service and of phones, and delays when an
 * app knows that its fixes are safe; so a gateway with little to do acks at once.
 */
export const ackDelayMs = (fixesPerS: number): number => {
  const part = (fixesPerS - UNDELAYED_PER_S) / (FULLY_DELAYED_PER_S - UNDELAYED_PER_S);
  return MAX_DELAY_MS * Math.min(1, Math.max(0, part));
};

type Delayed = { report(): void };

/**
 * Delays the acks of all sockets. They all wait equally long, so the oldest is always due first, and one timer is enough; a
 * delay that becomes shorter applies to those that wait, too.
 */
export class AckDelay {
  /** since when each waits, by performance.now(); the oldest first */
  readonly #since = new Map<Delayed, number>();
  #timer: NodeJS.Timeout | null = null;

  /** @param delayMs returns the time to wait at present */
  constructor(private readonly delayMs: () => number) {}

  /** Reports after the delay, unless {@link end} is called before; at once if there is none. */
  begin(delayed: Delayed): void {
    if (this.delayMs() <= 0) {
      delayed.report();
      return;
    }
    this.#since.set(delayed, performance.now());
    this.#timer ??= setTimeout(() => this.#check(), CHECK_MS);
  }

  end(delayed: Delayed): void {
    this.#since.delete(delayed);
  }

  #check(): void {
    this.#timer = null;
    const dueSince = performance.now() - this.delayMs();
    for (const [delayed, since] of this.#since) {
      if (since > dueSince) break;
      delayed.report();
    }
    if (this.#since.size > 0) this.#timer = setTimeout(() => this.#check(), CHECK_MS);
  }
}
