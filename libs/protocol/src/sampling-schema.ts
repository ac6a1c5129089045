import { z } from 'zod';

export const Sampling = z.object({
  /** time between two fixes, ms */
  intervalMs: z.number(),
  /** distance below which a due fix is skipped, metres */
  minDistanceM: z.number(),
});
/** Update interval of a driver app: a fix is due after `intervalMs`, unless the car moved less than `minDistanceM`. */
export type Sampling = z.infer<typeof Sampling>;
