export { AreaTracks } from './area-tracks.js';
export { Audit } from './audit.js';
export type { BatchHandler } from './batch-queue.js';
export { Chats } from './chats.js';
export { Clock, clock, MAX_CLOCK_OFFSET_MS } from './clock.js';
export { DataError, ifOfData, isOfData } from './data-error.js';
export { DeclaredOffline } from './declared-offline.js';
export { Devices, type Followed } from './devices.js';
export { ExpiringKeys } from './expiring-keys.js';
export { type FeedOwner, Feeds } from './feeds.js';
export { FixAppender } from './fix-appender.js';
export { FixReader } from './fix-reader.js';
export type { Change, DriverEvent, FixEvent, Progress } from './fix-stream.js';
export { FleetIndex, type KnownDriver, type Write } from './fleet-index.js';
export { type Area, FleetQueries, type Found, totalOf, type Within } from './fleet-queries.js';
export { FollowLog } from './follow-log.js';
export { groupBy } from './group-by.js';
export { PRESENCE_PARTS, presencePartOf } from './keys.js';
export { type Link, Links } from './links.js';
export { NodeName } from './node-name.js';
export { Nodes, runIdOf } from './nodes.js';
export { deadIn, type Gone, PresenceStore } from './presence.js';
export { probeRedis } from './probe-redis.js';
export {
  type DriverRecord,
  departed,
  leaving,
  placeholder,
  positionOfDriver,
  vehicleOf,
  writtenAt,
} from './record.js';
export { checkRedis, connect, connected, isCluster, orUnavailable, type RedisClient } from './redis.js';
export { readTime } from './scripts/common.js';
export { SettingsStore, sharedSettingsOf } from './shared-settings.js';
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
export { type TrackPart, Tracks } from './tracks.js';
export { newTripId, type Once, once, TRIP_TTL_S, Trips } from './trips.js';
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
