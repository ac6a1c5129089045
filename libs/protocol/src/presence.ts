import type { Namespace } from './wire.js';

/** One socket of a user, and since when, epoch ms. */
export type UserConnection = { node: string; namespace: Namespace; socketId: string; since: number };

/** GET /api/users/:id/presence. `lastSeenAt` is the present moment while online, null of one that was never seen. */
export type Presence = {
  userId: string;
  online: boolean;
  /** epoch ms */
  lastSeenAt: number | null;
  connections: UserConnection[];
};

/** DELETE /api/users/:id/connections: how many connections were known of, which end now. */
export type Disconnected = { connections: number };

/**
 * Told to the rider and the driver of an open trip of each other: one is offline when it did not come back within five
 * seconds. Of two, the one with the later `lastSeenAt` is newer.
 */
export type PartnerPresence = {
  tripId: string;
  userId: string;
  online: boolean;
  /** epoch ms; the present moment while online, null of one that was never seen */
  lastSeenAt: number | null;
};
