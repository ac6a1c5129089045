import { between, type Random } from '#city';
import type { DriverClient } from '#sdk';

/** Shares of the offers that a driver declines or ignores. */
const DECLINED_PERCENT = 4;
const IGNORED_PERCENT = 3;
const THINKING_S = [2, 6] as const;

/** Answers the offers of a driver, who accepts nearly all after a moment. */
export class Answers {
  #thinking: NodeJS.Timeout | null = null;

  /** @param isReachable whether the phone has a network connection */
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
    const accepts = percent >= IGNORED_PERCENT + DECLINED_PERCENT;
    const seconds = between(this.random, ...THINKING_S);
    this.#thinking = setTimeout(() => void this.#answer(tripId, accepts), seconds * 1_000);
  }

  async #answer(tripId: string, accepts: boolean): Promise<void> {
    if (!this.isReachable()) return;
    try {
      if (accepts) await this.client.accept(tripId);
      else await this.client.decline(tripId);
    } catch {
      // Too late, or the trip was cancelled.
    }
  }
}
