import { z } from 'zod';
import type { Namespace } from './namespaces.js';

/** One socket of a user. */
export type UserConnection = {
  /** the gateway that holds it */
  node: string;
  /** what it is connected as */
  namespace: Namespace;
  /** its id in Socket.IO */
  socketId: string;
  /** when it connected, epoch ms */
  since: number;
};

/** GET /api/users/:id/presence: where a user is connected. */
export type Presence = {
  /** of whom it tells */
  userId: string;
  /** whether it has any connection */
  online: boolean;
  /** epoch ms; the present moment while online, null of one that was never seen */
  lastSeenAt: number | null;
  /** the oldest first */
  connections: UserConnection[];
};

/** DELETE /api/users/:id/connections: how many connections were known of, which end now. */
export type Disconnected = { connections: number };

export const PartnerPresence = z.object({
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
export type PartnerPresence = z.infer<typeof PartnerPresence>;
