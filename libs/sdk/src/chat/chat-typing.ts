import { type ChatTyping, TYPING_EVERY_MS, TYPING_MS } from '#protocol';
import type { Line } from '../util/serial-queue.js';

/** Says once in a while that this user types, and shows for a while that the partner does. */
export class Typing {
  #saidAt = Number.NEGATIVE_INFINITY;
  #shown: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly line: Line,
    private readonly tripId: string,
    private readonly show: (typing: ChatTyping | null) => void,
  ) {}

  say(): void {
    const now = performance.now();
    if (this.line.state.state !== 'online' || now - this.#saidAt < TYPING_EVERY_MS) return;
    this.#saidAt = now;
    // Later it is no news, so it is not said again.
    this.line.request('chat:typing', { tripId: this.tripId }).catch(() => {});
  }

  /** Counted from its arrival: the clock of a device may be wrong. */
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
