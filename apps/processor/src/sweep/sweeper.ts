import type { FleetIndex } from '#store';
import type { Processor } from '../pipeline/processor.js';

/** Time without a new position after which a driver is checked: Redis may lose its last writes and leave a driver in two regions. */
const CHECK_AFTER_MS = 5_000;
/** Retention of a departed driver's watermark: longer than the age of any fix that a gateway accepts. */
const WATERMARK_MS = 25 * 3_600_000;

/** Removes drivers that fell silent, drivers whose pointer names another region, and records of drivers that left long ago. */
export class Sweeper {
  constructor(
    private readonly index: FleetIndex,
    private readonly processor: Processor,
    private readonly silentMs: number,
  ) {}

  /** Sweeps one region. @param now epoch ms */
  async sweep(region: string, now: number): Promise<void> {
    const checkBefore = now - Math.min(CHECK_AFTER_MS, this.silentMs);
    for await (const stale of this.index.stale(region, checkBefore, now - WATERMARK_MS)) {
      const present = stale.filter((record) => record.present);
      const regions = await this.index.regionsOf(present.map(({ driverId }) => driverId));
      await this.processor.evict(present.filter((_, i) => regions[i] !== region));
      await this.processor.silence(
        present.filter((record, i) => regions[i] === region && record.receivedAt < now - this.silentMs),
      );
      for (const record of stale) if (!record.present) await this.index.forget(record);
    }
  }
}
