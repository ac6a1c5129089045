import calculateSlot from 'cluster-key-slot';
import { regionOf } from '#geo/cells';
import type { Party, Vehicle } from '#protocol';

type LiveStatus = Vehicle['status'];

/** Users are spread over so many parts of the presence, each of which one script sees whole. */
export const PRESENCE_PARTS = 16;
export const presencePartOf = (userId: string): number => calculateSlot(userId) % PRESENCE_PARTS;

/** Every key of the store. Keys that one script touches share a hash tag, hence a slot of a Redis Cluster. */
export const keys = {
  /** stream: one partition of the fixes that gateways took */
  fixes: (partition: number) => `fixes:{${partition}}`,
  /** string: the processor that reads the partition now; expires */
  reader: (partition: number) => `fixes:{${partition}}:reader`,
  /** geo set: the drivers of one index cell that have one status */
  cell: (cell: string, status: LiveStatus) => `{${regionOf(cell)}}:cell:${cell}:${status}`,
  /** hash: driver → its record, also of one that left within the last day */
  drivers: (region: string) => `{${region}}:drivers`,
  /**
   * The keys that a script of a region names. The second never exists: for as long as a cluster moves the region's slot,
   * it makes the script wait (TRYAGAIN) instead of seeing one half of the region.
   */
  whole: (region: string) => [`{${region}}:drivers`, `{${region}}:whole`] as const,
  /** hash, a driver's card: the region that may hold it, since which claim, and the regions that held it before */
  driverPointer: (driverId: string) => `driver:${driverId}`,
  /** list: the fixes of one driver in one hour, packed as in track.ts, in order of arrival */
  track: (region: string, driverId: string, hour: number) => `{${region}}:track:${driverId}:${hour}`,
  /** sorted set: the regions that hold or held drivers, by when they were last written to, to within ten seconds */
  regions: 'regions:written',
  /** stream: drivers that somebody began to follow, the last ten thousand */
  followed: 'followed',
  /** hash: one trip, its version, its latest estimate, whether a break follows, and the idempotency keys that changed it */
  trip: (tripId: string) => `trip:${tripId}`,
  /** string: the trip of a link, by the SHA-256 of its token; stays a day after the link is over */
  link: (digest: string) => `link:${digest}`,
  /** sorted set: the living links of a trip by when they expire, epoch ms */
  links: (tripId: string) => `{trip:${tripId}}:links`,
  /** sorted set: those who follow a trip by one link, by until when that is known, epoch ms */
  followers: (tripId: string, digest: string) => `{trip:${tripId}}:followers:${digest}`,
  /** sorted set: open trips by when each is to be looked after next, epoch ms */
  trips: 'trips',
  /** string: the id of the open trip that a driver has accepted or is asked to take */
  openTrip: (driverId: string) => `open-trip:${driverId}`,
  /** string: the id of a rider's open trip */
  riderTrip: (riderId: string) => `rider-trip:${riderId}`,
  /**
   * The chat of a trip. Stream: its messages. Hash: by role, where each client id went, what was got and read, and what
   * may still be sent.
   */
  chat: (tripId: string) => [`chat:{${tripId}}`, `chat:{${tripId}}:state`] as const,
  /** string: that somebody types was passed on just now; expires */
  typing: (tripId: string, role: Party) => `chat:{${tripId}}:typing:${role}`,
  /** stream: who did what that not everybody may do, the last hundred thousand entries */
  audit: 'audit',
  /** hash: where a user is connected, and when it was seen last; fields as in whereabouts.ts */
  presence: (userId: string) => `presence:{users-${presencePartOf(userId)}}:${userId}`,
  /** set: the users that one incarnation of a node holds */
  presenceOn: (part: number, incarnation: string) => `presence-on:{users-${part}}:${incarnation}`,
  /** sorted set: namespace and user whose last socket ended, by when that is news, epoch ms */
  presenceGone: (part: number) => `presence-gone:{users-${part}}`,
  /** sorted set: incarnations of nodes that hold users by their last beat, epoch ms */
  presenceBeats: 'presence-beats',
  /** stream: what one owner was told */
  feed: (owner: string) => `feed:${owner}`,
  /** string: that something was done or how often, for a while */
  expiring: (name: string) => `mark:${name}`,
  /** hash: node → its latest state, JSON */
  nodes: 'nodes',
};
