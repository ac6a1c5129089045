/** Time over which a rate is averaged, ms. */
const AVERAGED_MS = 1_000;
/** Events a second up to which nothing waits; above 100, around which the average of a steady stream varies. */
const UNPACED_PER_S = 150;
/** Events a second from which batches are as far apart as they ever are: about a dozen events share one then. */
const FULLY_PACED_PER_S = 1_000;
/** Longest pause between two batches: half of it is the delay of the median fix. A timer takes about one more. */
const MAX_PAUSE_MS = 11;

/** Rate of events over the last second or so, as an average whose weights decay exponentially. Times are in ms. */
export class EventRate {
  #perS = 0;
  #at = 0;

  note(count: number, now: number): void {
    this.#perS = this.perS(now) + (count * 1_000) / AVERAGED_MS;
    this.#at = now;
  }

  perS(now: number): number {
    return this.#perS * Math.exp((this.#at - now) / AVERAGED_MS);
  }
}

/**
 * Returns the least time between two batches, ms. A batch of one event costs a gateway, Redis and a processor nearly as much
 * as one of ten, which does not matter while there are few.
 */
export const pauseMs = (perS: number): number =>
  MAX_PAUSE_MS * Math.min(1, Math.max(0, (perS - UNPACED_PER_S) / (FULLY_PACED_PER_S - UNPACED_PER_S)));

/** Times of the batches of one stream: an event after a pause leaves at once, others wait for company. Times are in ms. */
export class Pacing {
  readonly #rate = new EventRate();
  #sentAt = Number.NEGATIVE_INFINITY;

  /** Time that a batch which begins now should gather. */
  waitMs(now: number): number {
    return Math.max(0, this.#sentAt + pauseMs(this.perS(now)) - now);
  }

  /** Call it with each batch when it is sent. */
  sent(events: number, now: number): void {
    this.#rate.note(events, now);
    this.#sentAt = now;
  }

  /** Events a second, lately. */
  perS(now: number): number {
    return this.#rate.perS(now);
  }
}
