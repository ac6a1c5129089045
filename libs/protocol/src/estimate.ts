import { z } from 'zod';

export const Estimate = z.object({
  /** how far it is to drive, metres */
  distanceM: z.number(),
  /** how long it takes, seconds */
  durationS: z.number(),
  /** by the streets that OSRM knows, or by the straight line and the driver's recent pace */
  by: z.enum(['osrm', 'detour']),
});
/** A way that is still to be driven, as far as it can be told: in whole metres and seconds. */
export type Estimate = z.infer<typeof Estimate>;
