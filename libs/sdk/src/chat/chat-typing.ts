import { type ChatTyping, TYPING_EVERY_MS, TYPING_MS } from '#protocol';
import type { ChatConnection } from '../util/serial-queue.js';

/** Sends typing notices at a limited rate, and shows the partner's until it expires. */
export class Typing {
  #sentAt = Number.NEGATIVE_INFINITY;
  #shown: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly connection: ChatConnection,
    private readonly tripId: string,
    private readonly show: (typing: ChatTyping | null) => void,
  ) {}

  send(): void {
    const now = performance.now();
    if (this.connection.state.state !== 'online' || now - this.#sentAt < TYPING_EVERY_MS) return;
    this.#sentAt = now;
    // Not retried: it would be obsolete by then.
    this.connection.request('chat:typing', { tripId: this.tripId }).catch(() => {});
  }

  /** The time counts from the arrival: the clock of a device may be wrong. */
  partnerTypes(typing: ChatTyping): void {
    this.#stop();
    this.#shown = setTimeout(() => this.partnerStops(), TYPING_MS);
    this.show(typing);
  }

  partnerStops(): void {
    if (this.#stop()) this.show(null);
  }

  #stop(): boolean {
    if (this.#shown === null) return false;
    clearTimeout(this.#shown);
    this.#shown = null;
    return true;
  }
}
