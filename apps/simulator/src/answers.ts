import { between, type Random } from '#city';
import type { DriverClient } from '#sdk';

/** Of a hundred offers so many are declined, and so many are not even looked at. */
const DECLINED_PERCENT = 4;
const IGNORED_PERCENT = 3;
const THINKING_S = [2, 6] as const;

/** What a driver says to offers: it takes nearly all, after a moment. */
export class Answers {
  #thinking: NodeJS.Timeout | null = null;

  /** @param isReachable whether the phone has a network just now */
  constructor(
    private readonly client: DriverClient,
    private readonly random: Random,
    private readonly isReachable: () => boolean,
  ) {
    client.on('offer', ({ tripId }) => this.#think(tripId));
    client.on('offer:over', () => this.stop());
  }

  stop(): void {
    if (this.#thinking !== null) clearTimeout(this.#thinking);
    this.#thinking = null;
  }

  #think(tripId: string): void {
    this.stop();
    const percent = this.random() * 100;
    if (percent < IGNORED_PERCENT) return;
    const isTaken = percent >= IGNORED_PERCENT + DECLINED_PERCENT;
    const seconds = between(this.random, ...THINKING_S);
    this.#thinking = setTimeout(() => void this.#answer(tripId, isTaken), seconds * 1_000);
  }

  async #answer(tripId: string, isTaken: boolean): Promise<void> {
    if (!this.isReachable()) return;
    try {
      if (isTaken) await this.client.accept(tripId);
      else await this.client.decline(tripId);
    } catch {
      // Too late, or called off: another driver is asked, or nobody.
    }
  }
}
