import { FixAppender } from './fix-appender.js';
import { connect, type RedisClient } from './redis.js';

type Config = ConstructorParameters<typeof FixAppender>[1] & { redisUrl: string; prefix: string };

/**
 * Creates an appender. It shares the connection, unless appends wait for replicas: Redis runs no other command of a
 * connection that waits, so they then get one of their own.
 * @param onError called for each error of that connection
 */
export function openFixAppender(
  redis: RedisClient,
  config: Config,
  onError: (error: Error) => void,
): FixAppender {
  const waits = (config.waitReplicas ?? 0) > 0;
  const appending = waits ? connect(config.redisUrl, 'commands', onError, config.prefix) : redis;
  return new FixAppender(redis, config, appending);
}
