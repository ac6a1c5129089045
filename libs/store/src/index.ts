export { FixAppender } from './fix-appender.js';
export { type EventHandler, FixReader } from './fix-reader.js';
export type { Change, DriverEvent } from './fix-stream.js';
export { FleetIndex, type Found, type KnownDriver, type Write } from './fleet-index.js';
export { groupBy } from './group-by.js';
export { Nodes } from './nodes.js';
export { type DriverRecord, heardAt, vehicleOf } from './record.js';
export { checkRedis, connect, isCluster, orUnavailable, type RedisClient } from './redis.js';
export { Trips } from './trips.js';
