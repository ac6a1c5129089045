import calculateSlot from 'cluster-key-slot';
import { regionOf } from '#geo/cells';
import type { Party, Vehicle } from '#protocol';

type LiveStatus = Vehicle['status'];

/** Number of parts of the presence. The keys of a part share a slot, so that one script can use all of them. */
export const PRESENCE_PARTS = 16;
export const presencePartOf = (userId: string): number => calculateSlot(userId) % PRESENCE_PARTS;

/** All keys of the store. Keys used by one script share a hash tag and therefore a slot of a Redis Cluster. */
export const keys = {
  /** stream: one partition of the fixes that gateways accepted */
  fixes: (partition: number) => `fixes:{${partition}}`,
  /** string: the processor that holds the lease on the partition; expires */
  reader: (partition: number) => `fixes:{${partition}}:reader`,
  /** geo set: the drivers in one index cell with one status */
  cell: (cell: string, status: LiveStatus) => `{${regionOf(cell)}}:cell:${cell}:${status}`,
  /** hash: driver → its record, also of drivers that left within the last day */
  drivers: (region: string) => `{${region}}:drivers`,
  /**
   * The keys that scripts of a region name. The second never exists: while a cluster moves the region's slot, Redis answers
   * TRYAGAIN because of it, instead of running the script on half of the region.
   */
  whole: (region: string) => [`{${region}}:drivers`, `{${region}}:whole`] as const,
  /** hash, the driver pointer: the region that may hold the driver, the version of its claim, and earlier regions */
  driverPointer: (driverId: string) => `driver:${driverId}`,
  /** sorted set: the devices of a driver by the time at which each was last followed, epoch ms; expires */
  devices: (driverId: string) => `devices:${driverId}`,
  /** list: the fixes of one driver in one hour, in order of arrival, packed as in track.ts */
  track: (region: string, driverId: string, hour: number) => `{${region}}:track:${driverId}:${hour}`,
  /** sorted set: the regions that hold or held drivers, by the time of their last write, precise to ten seconds */
  regions: 'regions:written',
  /** stream: drivers that clients began to follow, capped at 10,000 entries */
  followed: 'followed',
  /** hash: one trip, its version, its latest estimate, whether a break follows, and the idempotency keys of its changes */
  trip: (tripId: string) => `trip:${tripId}`,
  /** string: the trip of a link, by the SHA-256 of its token; kept for a day after the link expires */
  link: (digest: string) => `link:${digest}`,
  /** sorted set: the active links of a trip by their expiry, epoch ms */
  links: (tripId: string) => `{trip:${tripId}}:links`,
  /** sorted set: the followers of a trip through one link by the end of their admission, epoch ms */
  followers: (tripId: string, digest: string) => `{trip:${tripId}}:followers:${digest}`,
  /** sorted set: open trips by the time when each is due next, epoch ms */
  trips: 'trips',
  /** string: the id of the open trip that a driver has accepted or is offered */
  openTrip: (driverId: string) => `open-trip:${driverId}`,
  /** string: the id of a rider's open trip */
  riderTrip: (riderId: string) => `rider-trip:${riderId}`,
  /**
   * The chat of a trip. Stream: its messages. Hash, by role: the seq of each client id, the last message delivered and read,
   * and the tokens left to send messages.
   */
  chat: (tripId: string) => [`chat:{${tripId}}`, `chat:{${tripId}}:state`] as const,
  /** string: exists while a typing indicator was forwarded recently; expires */
  typing: (tripId: string, role: Party) => `chat:{${tripId}}:typing:${role}`,
  /** stream: audit log of privileged actions, capped at 100,000 entries */
  audit: 'audit',
  /** hash: connections of a user and when it was last seen; fields as in user-presence.ts */
  presence: (userId: string) => `presence:{users-${presencePartOf(userId)}}:${userId}`,
  /** set: the users that one run of a node holds */
  presenceOn: (part: number, runId: string) => `presence-on:{users-${part}}:${runId}`,
  /** sorted set: namespace and user whose last socket closed, by the end of the grace period, epoch ms */
  presenceGone: (part: number) => `presence-gone:{users-${part}}`,
  /** sorted set: runs of nodes that hold users, by their last heartbeat, epoch ms */
  presenceHeartbeats: 'presence-heartbeats',
  /** stream: the feed of one owner */
  feed: (owner: string) => `feed:${owner}`,
  /** string: a value or counter that expires */
  expiring: (name: string) => `expiring:${name}`,
  /** hash: node → its last reported state, JSON */
  nodes: 'nodes',
  /** string: the run id of the process that has this name; expires */
  nodeName: (node: string) => `node:${node}`,
  /** string: written to find out whether Redis accepts writes; expires */
  probe: (node: string) => `probe:${node}`,
  /** hash: the settings that all processes share, see shared-settings.ts */
  settings: 'settings',
};
