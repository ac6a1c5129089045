import { z } from 'zod';

export const TripPresence = z.object({
  /** open trip of both partners */
  tripId: z.string(),
  /** the partner */
  userId: z.string(),
  /** whether the partner is connected, or was within the last five seconds */
  online: z.boolean(),
  /** epoch ms; the current time while connected, null if the partner was never seen */
  lastSeenAt: z.number().nullable(),
});
/**
 * Presence of the partner, sent to the rider and the driver of an open trip. A partner counts as offline after five seconds
 * without a connection. Between two of these, the one with the later `lastSeenAt` is newer.
 */
export type TripPresence = z.infer<typeof TripPresence>;
