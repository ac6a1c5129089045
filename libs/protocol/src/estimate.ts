import { z } from 'zod';

export const Estimate = z.object({
  /** distance to drive, metres */
  distanceM: z.number(),
  /** driving time, seconds */
  durationS: z.number(),
  /**
   * `osrm`: along streets; `demo_city`: along the streets of the demo city at the driver's recent pace; `straight_line`: from
   * the straight line and that pace
   */
  by: z.enum(['osrm', 'demo_city', 'straight_line']),
});
/** Estimate of a route that is still to be driven, in whole metres and seconds. */
export type Estimate = z.infer<typeof Estimate>;
