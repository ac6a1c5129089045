import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { maskUrls } from '#config';
import { ProtocolError } from '#protocol';
import type { RedisClient } from './redis-client.js';
import { SCRIPTS } from './scripts.js';

export { isCluster, type RedisClient } from './redis-client.js';

/** Redis 7 brought sharded pub/sub, which carries the rooms between nodes. */
const OLDEST_MAJOR = 7;

const options: RedisOptions = {
  retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 1_000),
  connectTimeout: 3_000,
};

/** Fails at once while Redis is away, so that clients are told to try again; runs nothing that was refused. */
const commands: RedisOptions = {
  ...options,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  socketTimeout: 5_000,
};

/**
 * What is asked in one turn of the event loop leaves in one write, when what was asked before is answered. A script leaves
 * at once: Redis is to work on it while others are prepared.
 */
const gathering = { enableAutoPipelining: true, autoPipeliningIgnoredCommands: SCRIPTS };
const pipelined: RedisOptions = { ...commands, ...gathering };

/** For subscriptions and blocking reads: kept, and sent again after Redis came back. */
const waiting: RedisOptions = { ...options, maxRetriesPerRequest: null, socketTimeout: 10_000 };

/**
 * A client of one Redis (`redis://…`) or of a cluster (several addresses, separated by commas).
 */
export function connect(
  url: string,
  mode: 'commands' | 'pipelined' | 'waiting',
  onError: (error: Error) => void,
): RedisClient {
  const urls = url.split(',').map((part) => part.trim());
  const perNode = { commands, pipelined, waiting }[mode];
  const client: RedisClient =
    urls.length > 1
      ? new Cluster(urls, {
          enableOfflineQueue: mode === 'waiting',
          ...(mode === 'pipelined' && gathering),
          redisOptions: { ...perNode, ...credentials(urls[0]!) },
          shardedSubscribers: mode === 'waiting',
          clusterRetryStrategy: options.retryStrategy!,
        })
      : new Redis(url, perNode);
  client.on('error', onError);
  return client;
}

/** What a cluster's first address says of user, password and TLS holds for all its nodes. */
function credentials(first: string): RedisOptions {
  const { username, password, protocol } = new URL(first);
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

/** @throws {Error} one line, when no node of Redis can be reached or one of them is too old */
export async function checkRedis(url: string): Promise<void> {
  const failures = await Promise.all(url.split(',').map((node) => failureOf(node.trim())));
  const cause = failures.find((failure) => failure !== null);
  // A cluster goes on while some of its nodes are away.
  if (cause !== undefined && failures.every((failure) => failure !== null))
    throw new Error(`HEXFLEET_REDIS_URL: cannot reach Redis at ${maskUrls(url)}: ${cause}`);
}

/** @returns why a node cannot be reached; null when it can @throws {Error} when it is too old */
async function failureOf(url: string): Promise<string | null> {
  const client = new Redis(url, {
    ...options,
    lazyConnect: true,
    retryStrategy: () => null,
    commandTimeout: 5_000,
  });
  let cause = '';
  client.on('error', (error) => {
    cause = error.message || String((error as NodeJS.ErrnoException).code);
  });
  let version: string;
  try {
    await client.connect();
    version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? '0';
  } catch (error) {
    return cause || (error as Error).message;
  } finally {
    client.disconnect();
  }
  if (Number.parseInt(version, 10) < OLDEST_MAJOR)
    throw new Error(
      `HEXFLEET_REDIS_URL: Redis ${version} at ${maskUrls(url)} is too old; version ${OLDEST_MAJOR} or later is needed`,
    );
  return null;
}

/** Turns a failure of the connection into the refusal that tells a client to try again. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ProtocolError('UNAVAILABLE');
  }
}
