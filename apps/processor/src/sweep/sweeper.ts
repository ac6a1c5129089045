import { type FleetIndex, lastSeenAt } from '#store';
import type { Processor } from '../pipeline/processor.js';

/** Who was not heard for this long is looked up: a Redis that lost its last writes can leave a driver in two regions. */
const DOUBTFUL_MS = 5_000;
/** A watermark outlives every fix that a gateway would still take. */
const REMEMBERED_MS = 25 * 3_600_000;

/** Goes through regions for drivers that fell silent, are in a region that their card does not name, or left long ago. */
export class Sweeper {
  constructor(
    private readonly index: FleetIndex,
    private readonly processor: Processor,
    private readonly silentMs: number,
  ) {}

  async sweep(region: string, now: number): Promise<void> {
    const doubtfulBefore = now - Math.min(DOUBTFUL_MS, this.silentMs);
    for await (const stale of this.index.stale(region, doubtfulBefore, now - REMEMBERED_MS)) {
      const present = stale.filter((record) => record.present);
      const regions = await this.index.regionsOf(present.map(({ driverId }) => driverId));
      await this.processor.evict(present.filter((_, i) => regions[i] !== region));
      await this.processor.silence(
        present.filter((record, i) => regions[i] === region && lastSeenAt(record) < now - this.silentMs),
      );
      for (const record of stale) if (!record.present) await this.index.forget(record);
    }
  }
}
