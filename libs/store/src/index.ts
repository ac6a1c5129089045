export { Alerts } from './alerts.js';
export { type Area, AreaTracks } from './area-tracks.js';
export { Audit } from './audit.js';
export type { BatchHandler } from './batch-queue.js';
export { BoundedMap } from './bounded-map.js';
export { Chats } from './chats.js';
export { Clock, clock, MAX_CLOCK_OFFSET_MS } from './clock.js';
export { DataError, ifOfData, isOfData } from './data-error.js';
export { DeclaredOffline } from './declared-offline.js';
export { Devices, type Followed } from './devices.js';
export { DriverFleets } from './driver-fleets.js';
export { DriverLogs, type NewLogEntry } from './driver-logs.js';
export { DriverProfiles } from './driver-profiles.js';
export { ExpiringKeys } from './expiring-keys.js';
export { type FeedOwner, Feeds } from './feeds.js';
export { FixAppender } from './fix-appender.js';
export { FixReader } from './fix-reader.js';
export type { Change, DriverEvent, FixEvent, Progress } from './fix-stream.js';
export { FleetIndex, type KnownDriver } from './fleet-index.js';
export { FleetQueries, type Found, totalOf } from './fleet-queries.js';
export { FollowLog } from './follow-log.js';
export { groupBy } from './group-by.js';
export { PRESENCE_PARTS, presencePartOf } from './keys.js';
export { type Link, Links } from './links.js';
export { NodeName } from './node-name.js';
export { Nodes, runIdOf } from './nodes.js';
export {
  MAX_JOB_BYTES,
  MAX_QUEUED_NOTIFICATIONS,
  NotificationQueue,
  type QueuedJob,
} from './notification-queue.js';
export { openFixAppender } from './open-fix-appender.js';
export { deadIn, type Gone, PresenceStore } from './presence.js';
export { probeRedis } from './probe-redis.js';
export { PublishedZones, type PublishedZonesHandlers } from './published-zones.js';
export { type PushDevice, PushDevices, type PushUser } from './push-devices.js';
export { RaisedAlerts } from './raised-alerts.js';
export { RecentDrivers } from './recent-drivers.js';
export {
  type DriverRecord,
  departed,
  leaving,
  placeholder,
  positionOfDriver,
  type ShownCar,
  shownCar,
  vehicleOf,
  writtenAt,
} from './record.js';
export type { Write } from './record-writes.js';
export { checkRedis, connect, connected, isCluster, type RedisClient } from './redis.js';
export { ReporterLease } from './reporter-lease.js';
export { Roster, type RosterEntry } from './roster.js';
export { readTime } from './scripts/common.js';
export { NO_UPDATE, partsOf, type UpdateId, type ZoneUpdate } from './scripts/zones.js';
export { settleAll } from './settle-all.js';
export { SettingsStore, sharedSettingsOf } from './shared-settings.js';
export { shutDownRedis } from './shut-down-redis.js';
export { onStoreFailure, orUnavailable, type StoreFailure } from './store-failure.js';
export {
  hourOf,
  type Kept,
  packTrackFix,
  TRACK_FIX_BYTES,
  type TrackFix,
  unpackTrackFix,
  writeTrackFix,
} from './track.js';
export { type Pruned, TrackPruner } from './track-pruner.js';
export { CHUNK_FIXES } from './track-tail.js';
export { type TrackPart, Tracks } from './tracks.js';
export { newTripId, type Once, once, TRIP_TTL_S, Trips } from './trips.js';
export { Erasures } from './user-data/erasures.js';
export { userDataOf } from './user-data/kinds.js';
export type { ErasedKind, ErasedUser, UserData } from './user-data/user-data.js';
export {
  GRACE_MS,
  type LiveRuns,
  type PresenceHash,
  presenceForPartner,
  presenceIn,
  type UserPresence,
  type UserSocket,
  userPresenceOf,
} from './user-presence.js';
export { type UserRateLimit, UserRateLimits } from './user-rate-limits.js';
export { type VapidKeyPair, VapidKeys } from './vapid-keys.js';
export { type DraftPart, type DraftSnapshot, ZoneDrafts } from './zone-drafts.js';
export { ZoneIndexes } from './zone-indexes.js';
export { ZoneMembers } from './zone-members.js';
export { ZoneQueues } from './zone-queues.js';
export { ZoneVersions } from './zone-versions.js';
