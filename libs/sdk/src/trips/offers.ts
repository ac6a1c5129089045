import type { OfferedTrip, OfferOver } from '#protocol';

type Events = { offer(offer: OfferedTrip): void; over(over: OfferOver): void };

/** The service sends the expiry of an offer; if that is late by this much, the client expires it by itself. */
const GRACE_MS = 1_000;

/** The offer that waits for the driver's answer: one at a time, emitted once, and it always ends. */
export class Offers {
  #waiting: OfferedTrip | null = null;
  #lastEmitted = '';
  #expiry: ReturnType<typeof setTimeout> | null = null;

  /** @param now returns the time by the service's clock, epoch ms */
  constructor(
    private readonly now: () => number,
    private readonly events: Events,
  ) {}

  add(offer: OfferedTrip): void {
    const remainingMs = offer.expiresAt - this.now();
    if (remainingMs <= 0) return;
    const name = `${offer.tripId} ${offer.expiresAt}`;
    if (name === this.#lastEmitted) {
      if (this.#waiting !== null) this.#expireIn(remainingMs);
      return;
    }
    if (this.#waiting !== null) this.end({ tripId: this.#waiting.tripId, reason: 'withdrawn' });
    this.#lastEmitted = name;
    this.#waiting = offer;
    this.#expireIn(remainingMs);
    this.events.offer(offer);
  }

  end(over: OfferOver): void {
    if (this.settle(over.tripId)) this.events.over(over);
  }

  /** Removes the offer because the driver has answered it or has the trip. @returns whether it was the current one */
  settle(tripId: string): boolean {
    if (this.#waiting?.tripId !== tripId) return false;
    this.#waiting = null;
    this.pause();
    return true;
  }

  /** Stops the expiry until the offer is made again. */
  pause(): void {
    if (this.#expiry !== null) clearTimeout(this.#expiry);
    this.#expiry = null;
  }

  #expireIn(remainingMs: number): void {
    this.pause();
    const { tripId } = this.#waiting!;
    this.#expiry = setTimeout(() => this.end({ tripId, reason: 'expired' }), remainingMs + GRACE_MS);
  }
}
