import calculateSlot from 'cluster-key-slot';
import { regionOf } from '#geo/cells';
import type { Audience, Party, Role, Vehicle } from '#protocol';

type LiveStatus = Vehicle['status'];

/** Number of parts of the presence. The keys of a part share a slot, so that one script can use all of them. */
export const PRESENCE_PARTS = 16;
export const presencePartOf = (userId: string): number => calculateSlot(userId) % PRESENCE_PARTS;

/** Number of hashes with profiles of drivers. */
const PROFILE_PARTS = 64;
export const profilePartOf = (driverId: string): number => calculateSlot(driverId) % PROFILE_PARTS;

/** All keys of the store. Keys used by one script share a hash tag and therefore a slot of a Redis Cluster. */
export const keys = {
  /** stream: one partition of the fixes that gateways accepted */
  fixes: (partition: number) => `fixes:{${partition}}`,
  /** string: `<random id> <name>` of the processor that holds the lease on the partition; expires */
  reader: (partition: number) => `fixes:{${partition}}:reader`,
  /** hash: the entry up to which the partition is finished, and the end of the last lease on it, epoch ms */
  cursor: (partition: number) => `fixes:{${partition}}:cursor`,
  /** geo set: the drivers in one index cell with one status */
  cell: (cell: string, status: LiveStatus) => `{${regionOf(cell)}}:cell:${cell}:${status}`,
  /** hash: driver → its record with the tail of its track, also of drivers that left within the last day */
  drivers: (region: string) => `{${region}}:drivers`,
  /**
   * The keys that scripts of a region name. The second never exists: while a cluster moves the region's slot, Redis answers
   * TRYAGAIN because of it, instead of running the script on half of the region.
   */
  whole: (region: string) => [`{${region}}:drivers`, `{${region}}:whole`] as const,
  /** hash, the driver pointer: the region that may hold the driver, the version of its claim, and earlier regions */
  driverPointer: (driverId: string) => `driver:${driverId}`,
  /** string: the fleet of a driver, from its token; expires */
  driverFleet: (driverId: string) => `driver-fleet:${driverId}`,
  /** stream: what processes saw and decided about a driver in the last hour; expires */
  driverLog: (driverId: string) => `driverlog:${driverId}`,
  /** sorted set: the devices of a driver by the time at which each was last followed, epoch ms; expires */
  devices: (driverId: string) => `devices:${driverId}`,
  /**
   * list: the fixes of one driver in one hour, in order of arrival, up to seven in an element, packed as in track.ts; the last
   * ones may still be in the record
   */
  track: (region: string, driverId: string, hour: number) => `{${region}}:track:${driverId}:${hour}`,
  /** glob-style pattern of the keys of all tracks */
  anyTrack: '{*}:track:*',
  /** glob-style pattern of the keys of the track of one driver, and of drivers whose id begins with it and a colon */
  anyTrackOf: (driverId: string) => `{*}:track:${driverId}:*`,
  /** driver in the key of a track */
  driverOfTrack: (key: string) => key.slice(key.indexOf('}:track:') + 8, key.lastIndexOf(':')),
  /** hour in the key of a track */
  hourOfTrack: (key: string) => Number(key.slice(key.lastIndexOf(':') + 1)),
  /** sorted set: the regions that hold or held drivers, by the time of their last write, precise to ten seconds */
  regions: 'regions:written',
  /** stream: drivers that clients began to follow, capped at 10,000 entries */
  followed: 'followed',
  /** hash: one trip, its version, its latest estimate, whether a break follows, and the idempotency keys of its changes */
  trip: (tripId: string) => `trip:${tripId}`,
  /** sorted set: the drivers whom a rider had within half an hour, by the end of the trip, epoch ms; expires */
  recentDrivers: (riderId: string) => `recent-drivers:${riderId}`,
  anyRecentDrivers: 'recent-drivers:*',
  /** string: the trip of a link, and ` places` if it shows them, by the SHA-256 of its token; kept for a day after the link expires */
  link: (digest: string) => `link:${digest}`,
  /** sorted set: the active links of a trip by their expiry, epoch ms */
  links: (tripId: string) => `{trip:${tripId}}:links`,
  /** sorted set: the followers of a trip through one link by the end of their admission, epoch ms */
  followers: (tripId: string, digest: string) => `{trip:${tripId}}:followers:${digest}`,
  /** sorted set: open trips by the time when each is due next, epoch ms */
  trips: 'trips',
  /** sorted set: trips that have ended by their end, epoch ms; of the last week, at most 100,000 */
  endedTrips: 'trips:ended',
  /** string: the id of the open trip that a driver has accepted or is offered */
  openTrip: (driverId: string) => `open-trip:${driverId}`,
  /** string: the id of a rider's open trip */
  riderTrip: (riderId: string) => `rider-trip:${riderId}`,
  /** sorted set: the trips that name a user, by their last change, epoch ms; expires */
  tripsOf: (userId: string) => `trips-of:${userId}`,
  /**
   * The chat of a trip. Stream: its messages. Hash, by role: the seq of each client id, the last message delivered and read,
   * and the tokens left to send messages.
   */
  chat: (tripId: string) => [`chat:{${tripId}}`, `chat:{${tripId}}:state`] as const,
  /** string: exists while a typing indicator was forwarded recently; expires */
  typing: (tripId: string, role: Party) => `chat:{${tripId}}:typing:${role}`,
  /**
   * The audit log of one day, UTC. Hash: id → entry, JSON; `n:<id>` how often it was repeated; `l:<id>` the last time, epoch ms;
   * `a:<role> <user>` the entries of an actor. Sorted set: ids by time, epoch ms. Both expire.
   */
  audit: (day: number) => [`audit:{${day}}:entries`, `audit:{${day}}:order`] as const,
  /** string: id of the entry that was added lately for the same action; expires */
  auditRecent: (day: number, print: string) => `audit:{${day}}:recent:${print}`,
  /** stream: the audit log of 0.1 and of earlier builds of 0.2, until it has been taken over */
  auditStream: 'audit',
  /** hash: user → its erasure that is not finished, JSON */
  erasures: 'erasures',
  /** string: cost of the REST requests of a user within a minute; expires */
  rate: (role: Role, userId: string) => `${keys.rates(role)}:${userId}`,
  /** prefix of the keys of the rate limits of a role */
  rates: (role: Role) => `rate:${role}`,
  /** hash: connections of a user and when it was last seen; fields as in user-presence.ts */
  presence: (userId: string) => `presence:{users-${presencePartOf(userId)}}:${userId}`,
  /** set: the users that one run of a node holds */
  presenceOn: (part: number, runId: string) => `presence-on:{users-${part}}:${runId}`,
  /** sorted set: namespace and user whose last socket closed, by the end of the grace period, epoch ms */
  presenceGone: (part: number) => `presence-gone:{users-${part}}`,
  /** sorted set: runs of nodes that hold users, by their last heartbeat, epoch ms */
  presenceHeartbeats: 'presence-heartbeats',
  /** stream: the feed of one owner; those of a region share its slot */
  feed: (owner: string) =>
    owner.startsWith('region:')
      ? `feed:{${owner.slice(7)}}`
      : owner.startsWith('crossings:')
        ? `feed:{${owner.slice(10)}}:crossings`
        : `feed:${owner}`,
  /** glob-style pattern of the keys of the feeds of all regions */
  anyRegionFeed: 'feed:{*}*',
  /** string: the zones of a region that a driver is in, see membership.ts of the zones; expires */
  zoneMember: (region: string, driverId: string) => `{${region}}:member:${driverId}`,
  /** glob-style pattern of the memberships of one driver, and of drivers whose id ends with it */
  anyZoneMember: (driverId: string) => `{*}:member:${driverId}`,
  /** glob-style pattern of the queues of all zones */
  anyZoneQueue: '{*}:queue:*',
  /** hash: the version of the queue of a zone and its state, JSON; expires */
  zoneQueue: (region: string, zoneId: string) => `{${region}}:queue:${zoneId}`,
  /** hash: id → expiry, epoch ms, and the alert to an area, JSON; expires */
  alerts: 'alerts',
  /** sorted set: ids of withdrawn alerts, by the time when they would have expired, epoch ms; expires */
  withdrawnAlerts: 'alerts-withdrawn',
  /** set: the users of one kind whom an alert has reached; expires */
  alertReached: (alertId: string, audience: Audience) => `alert:${alertId}:${audience}`,
  /** hash: id → expiry, epoch ms, and an incident or alert of a region that is still raised, JSON; expires */
  raisedAlerts: 'raised-alerts',
  /** hash: id of an alert of the fleet → the mark of a dispatcher, JSON; expires */
  alertMarks: 'alert-marks',
  /** hash: device → its Web Push subscription, JSON; expires */
  pushDevices: ({ role, userId }: { role: Role; userId: string }) => `push:${role}:${userId}`,
  /** string: the kinds of notifications that a user has turned off, and whether previews are shown, JSON; expires */
  pushSettings: ({ role, userId }: { role: Role; userId: string }) => `push-settings:${role}:${userId}`,
  /** string: role, user and device that have a Web Push endpoint, by its SHA-256; expires */
  pushEndpoint: (digest: string) => `push-endpoint:${digest}`,
  /** sorted set: dispatchers with subscriptions, by the end of the newest one, epoch ms */
  pushDispatchers: 'push-dispatchers',
  /** string: the VAPID key pair of the installation, JSON */
  vapid: 'vapid',
  /**
   * The queue of notifications. Sorted set: ids by the time when each is due, epoch ms. Hash: id → job, JSON. Sorted set: ids that
   * were added, by the time until which they are known, epoch ms.
   */
  notifications: {
    due: '{notifications}:due',
    jobs: '{notifications}:jobs',
    known: '{notifications}:known',
  },
  /** hash: driver → its profile, JSON */
  profiles: (part: number) => `profiles:${part}`,
  /** glob-style pattern of the sets of users whom alerts have reached */
  anyAlertReached: 'alert:*',
  /** string: a value or counter that expires */
  expiring: (name: string) => `expiring:${name}`,
  /** hash: node → its last reported state, JSON */
  nodes: 'nodes',
  /** string: the process that reports figures of the whole installation; expires */
  reporter: 'reporter',
  /** string: the run id of the process that has this name; expires */
  nodeName: (node: string) => `node:${node}`,
  /** string: written to find out whether Redis accepts writes; expires */
  probe: (node: string) => `probe:${node}`,
  /**
   * The draft of a region's zones. Stream: its updates, `1-<time>`, `2-<time>` …. Hash: the snapshot up to one of them.
   */
  zonesDraft: (region: string) => [`{${region}}:zones:updates`, `{${region}}:zones:snapshot`] as const,
  /** string: the gateway that compacts the draft; expires */
  zonesCompactor: (region: string) => `{${region}}:zones:compactor`,
  /** hash: region → its newest published version without its zones, JSON; the commit of a publication */
  publishedZones: '{zones}:published',
  /** hash: number → a published version without its zones, JSON */
  zonesVersions: (region: string) => `{zones}:versions:${region}`,
  /** hash: number → the zones of a published version, JSON, gzip */
  zonesData: (region: string) => `{zones}:data:${region}`,
  /** hash: the settings that all processes share, see shared-settings.ts */
  settings: 'settings',
};
