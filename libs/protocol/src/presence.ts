import { z } from 'zod';

export const TripPresence = z.object({
  /** the open trip that both are of */
  tripId: z.string(),
  /** the partner */
  userId: z.string(),
  /** whether it is connected, or was just now */
  online: z.boolean(),
  /** epoch ms; the present moment while connected, null of one that was never seen */
  lastSeenAt: z.number().nullable(),
});
/**
 * Told to the rider and the driver of an open trip of each other: one is offline when it did not come back within five
 * seconds. Of two, the one with the later `lastSeenAt` is newer.
 */
export type TripPresence = z.infer<typeof TripPresence>;
