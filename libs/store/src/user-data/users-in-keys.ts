import type { keys } from '../keys.js';

/** Names of patterns and of functions on names, which are no keys. */
type Helper =
  | 'whole'
  | 'anyTrack'
  | 'anyTrackOf'
  | 'driverOfTrack'
  | 'hourOfTrack'
  | 'anyRegionFeed'
  | 'anyZoneMember'
  | 'anyZoneQueue'
  | 'anyAlertReached'
  | 'anyRecentDrivers'
  | 'rates';

/**
 * Data about users in each key of the store, by the kind that erases it. `nobody`: riders and drivers are not in it. `passing`: it
 * is there for seconds, until it is processed, or while the erasure lasts. A key that is missing here does not compile.
 */
export const USERS_IN_KEYS = {
  fixes: 'passing',
  reader: 'nobody',
  cursor: 'nobody',
  cell: 'positions',
  drivers: 'positions',
  driverPointer: 'positions',
  driverFleet: 'fleet',
  driverLog: 'driver log',
  devices: 'devices',
  track: 'tracks',
  regions: 'nobody',
  followed: 'followed drivers',
  trip: 'trips',
  link: 'links',
  links: 'links',
  followers: 'links',
  trips: 'trips',
  endedTrips: 'trips',
  openTrip: 'trips',
  riderTrip: 'trips',
  tripsOf: 'trips',
  chat: 'chats',
  typing: 'chats',
  audit: 'audit',
  auditRecent: 'nobody',
  auditStream: 'audit',
  erasures: 'passing',
  rate: 'rate limits',
  presence: 'presence',
  presenceOn: 'presence',
  presenceGone: 'presence',
  presenceHeartbeats: 'nobody',
  feed: 'feeds',
  zoneMember: 'zone memberships',
  zoneQueue: 'queues',
  alerts: 'nobody',
  withdrawnAlerts: 'nobody',
  alertReached: 'incidents and alerts',
  raisedAlerts: 'incidents and alerts',
  alertMarks: 'incidents and alerts',
  profiles: 'profile',
  pushDevices: 'notifications',
  pushSettings: 'notifications',
  pushEndpoint: 'notifications',
  pushDispatchers: 'nobody',
  notifications: 'notifications',
  vapid: 'nobody',
  recentDrivers: 'recent drivers',
  expiring: 'requests and counters',
  nodes: 'nobody',
  reporter: 'nobody',
  nodeName: 'nobody',
  probe: 'nobody',
  zonesDraft: 'nobody',
  zonesCompactor: 'nobody',
  publishedZones: 'nobody',
  zonesVersions: 'nobody',
  zonesData: 'nobody',
  settings: 'nobody',
} as const satisfies Record<Exclude<keyof typeof keys, Helper>, string>;
