import { z } from 'zod';

export const Estimate = z.object({
  /** distance to drive, metres */
  distanceM: z.number(),
  /** driving time, seconds */
  durationS: z.number(),
  /** `osrm`: along streets; `straight_line`: from the straight line and the driver's recent pace */
  by: z.enum(['osrm', 'straight_line']),
});
/** Estimate of a route that is still to be driven, in whole metres and seconds. */
export type Estimate = z.infer<typeof Estimate>;
