import { z } from 'zod';

export const Sampling = z.object({
  /** from one fix that is sent to the next, ms */
  intervalMs: z.number(),
  /** metres */
  minDistanceM: z.number(),
});
/** How often an app is to report: a fix is due after `intervalMs`, unless the car moved less than `minDistanceM`. */
export type Sampling = z.infer<typeof Sampling>;
