import { BoundedMap } from '#store';

/** New regions of a driver within {@link SPAN_MS}. A region is about 100 km wide, so nobody drives through more. */
export const REGIONS_PER_HOUR = 5;
const SPAN_MS = 3_600_000;
/** Time for which a region costs nothing to come back to: as long as the driver's record is kept there. */
const KNOWN_MS = 25 * SPAN_MS;
/** Drivers who have changed their region that are remembered; beyond it, those who did so first are forgotten. */
const MAX_DRIVERS = 50_000;

/**
 * Limits how many new regions each driver enters. Each one costs keys for a day and a place in every sweep, and two fixes are
 * enough to get there, also for a device that makes its positions up. Kept in memory by the processor that reads the driver's
 * partition: after a takeover the driver has the full number again, and no fix costs a request.
 */
export class RegionBudget {
  /** by driver, when each region was entered, by the time of receipt, epoch ms */
  readonly #entered = new BoundedMap<string, Map<string, number>>(MAX_DRIVERS);

  /** Takes one entry, if the region is new to the driver. @param at epoch ms @returns false if there were too many */
  mayEnter(driverId: string, region: string, at: number): boolean {
    const entered = this.#entered.get(driverId) ?? new Map<string, number>();
    for (const [known, since] of entered) if (since < at - KNOWN_MS) entered.delete(known);
    if (entered.has(region)) return true;
    const recent = [...entered.values()].filter((since) => since > at - SPAN_MS);
    if (recent.length >= REGIONS_PER_HOUR) return false;
    entered.set(region, at);
    this.#entered.set(driverId, entered);
    return true;
  }
}
