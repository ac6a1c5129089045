import type { Audit } from '../audit.js';
import type { FleetIndex } from '../fleet-index.js';
import type { Links } from '../links.js';
import type { RedisClient } from '../redis.js';
import type { Tracks } from '../tracks.js';
import type { Trips } from '../trips.js';
import { ChatsData } from './chats-data.js';
import { FeedsData } from './feeds-data.js';
import { AlertsData, FollowedData, ProfileData, QueuesData } from './fleet-data.js';
import { LinksData } from './links-data.js';
import { namedKeys, PresenceData } from './named-keys.js';
import { NotificationsData, RecentDriversData } from './notifications-data.js';
import { PositionsData } from './positions-data.js';
import { TracksData } from './tracks-data.js';
import { TripsData } from './trips-data.js';
import type { UserData } from './user-data.js';

type Stores = { index: FleetIndex; tracks: Tracks; trips: Trips; links: Links; audit: Audit };

/**
 * Every kind of data about users, in the order in which it is erased. A new kind is one line here; its keys must also be in
 * `USERS_IN_KEYS`.
 */
export const userDataOf = (
  redis: RedisClient,
  { index, tracks, trips, links, audit }: Stores,
): readonly UserData[] => [
  new ProfileData(redis),
  // Into the lists of the track goes what leaves a record.
  new PositionsData(redis, index),
  new TracksData(redis, tracks),
  new QueuesData(redis),
  new FollowedData(redis),
  // Found through the trips.
  new FeedsData(redis, trips),
  new ChatsData(redis, trips),
  new LinksData(links, trips),
  new AlertsData(redis),
  new NotificationsData(redis),
  new RecentDriversData(redis),
  new TripsData(redis, trips),
  new PresenceData(redis),
  ...namedKeys(redis),
  audit,
];
