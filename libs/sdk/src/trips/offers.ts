import type { OfferedTrip, OfferOver } from '#protocol';

type Events = { offer(offer: OfferedTrip): void; over(over: OfferOver): void };

/** That an offer expired is told by the service; this much later it is taken for granted. */
const GRACE_MS = 1_000;

/** The offer that waits for the driver's answer: there is one at a time, it is told once, and it always ends. */
export class Offers {
  #waiting: OfferedTrip | null = null;
  #lastTold = '';
  #expiry: ReturnType<typeof setTimeout> | null = null;

  /** @param now by the service's clock, epoch ms */
  constructor(
    private readonly now: () => number,
    private readonly events: Events,
  ) {}

  made(offer: OfferedTrip): void {
    const leftMs = offer.expiresAt - this.now();
    if (leftMs <= 0) return;
    const name = `${offer.tripId} ${offer.expiresAt}`;
    if (name === this.#lastTold) {
      if (this.#waiting !== null) this.#expireIn(leftMs);
      return;
    }
    if (this.#waiting !== null) this.over({ tripId: this.#waiting.tripId, reason: 'withdrawn' });
    this.#lastTold = name;
    this.#waiting = offer;
    this.#expireIn(leftMs);
    this.events.offer(offer);
  }

  over(over: OfferOver): void {
    if (this.settle(over.tripId)) this.events.over(over);
  }

  /** The driver has answered, or has the trip. @returns whether it was waited for */
  settle(tripId: string): boolean {
    if (this.#waiting?.tripId !== tripId) return false;
    this.#waiting = null;
    this.pause();
    return true;
  }

  /** Nothing is told of an offer until it is made again. */
  pause(): void {
    if (this.#expiry !== null) clearTimeout(this.#expiry);
    this.#expiry = null;
  }

  #expireIn(leftMs: number): void {
    this.pause();
    const { tripId } = this.#waiting!;
    this.#expiry = setTimeout(() => this.over({ tripId, reason: 'expired' }), leftMs + GRACE_MS);
  }
}
