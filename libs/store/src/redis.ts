import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { isSentinelUrl, maskUrls, parseRedisUrl } from '#config';
import { clock } from './clock.js';
import { isCluster, type RedisClient } from './redis-client.js';
import { configureConnections, natOptions, tlsOptions } from './redis-connection.js';
import { writeTogether } from './write-together.js';

export { isCluster, type RedisClient } from './redis-client.js';

/** Sharded pub/sub, which carries the rooms between nodes, exists since Redis 7. */
const OLDEST_MAJOR = 7;

const options: RedisOptions = {
  retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 1_000),
  connectTimeout: 3_000,
};

/** Fails at once while Redis is unavailable, so that clients can retry. A command that failed is never sent later. */
const commands: RedisOptions = {
  ...options,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  socketTimeout: 5_000,
};

/**
 * Interval at which clients of a cluster read its topology. ioredis reads it once when a slot moves or a master fails over,
 * possibly from a node that is not up to date yet. Without an interval, subscriptions would then stay lost, and subscribers
 * would be counted on the wrong node.
 */
const SLOTS_REFRESH_MS = 2_000;

/** Disables the repetition of commands whose master of a cluster is away; redirections remain. */
const NEVER_REPEATED = { retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 };

/** For subscriptions and blocking reads: queued while Redis is unavailable, and sent again after a reconnection. */
const waiting: RedisOptions = { ...options, maxRetriesPerRequest: null, socketTimeout: 10_000 };

/**
 * Connects to one Redis (`redis://…`, or `unix:///…` for a socket of this machine), to a cluster (several addresses, separated by commas), or to the current master of
 * some sentinels (`redis+sentinel://…`).
 * @param mode `commands` fail at once while Redis is away; `pipelined` ones do, too, and are written together, see
 * {@link writeTogether}; `publishing` ones are also never repeated on a cluster, because a newer message would overtake them;
 * `waiting` is for subscriptions and blocking reads
 * @param prefix of all keys, but not of channels
 */
export function connect(
  url: string,
  mode: 'commands' | 'pipelined' | 'publishing' | 'waiting',
  onError: (error: Error) => void,
  prefix = '',
): RedisClient {
  const keyPrefix = prefix === '' ? '' : `${prefix}:`;
  const perNode = mode === 'waiting' ? waiting : commands;
  const urls = url.split(',').map((part) => part.trim());
  const client: RedisClient = isSentinelUrl(url)
    ? new Redis({ ...perNode, ...sentinelOptions(url), keyPrefix })
    : urls.length > 1
      ? new Cluster(urls, {
          enableOfflineQueue: mode === 'waiting',
          keyPrefix,
          redisOptions: { ...perNode, ...credentials(urls[0]!) },
          ...natOptions(),
          shardedSubscribers: mode === 'waiting',
          slotsRefreshInterval: SLOTS_REFRESH_MS,
          clusterRetryStrategy: options.retryStrategy!,
          ...(mode === 'publishing' ? NEVER_REPEATED : {}),
        })
      : new Redis(url, { ...perNode, ...tlsOf(url), keyPrefix });
  if (mode === 'pipelined' || mode === 'publishing') writeTogether(client);
  client.on('error', onError);
  return client;
}

/** A connection to the master that the sentinels name; it is closed and opened again when they name another one. */
function sentinelOptions(url: string): RedisOptions {
  const address = parseRedisUrl(url);
  if (address?.kind !== 'sentinel') throw new Error(`HEXFLEET_REDIS_URL: ${maskUrls(url)} is not valid`);
  const { sentinels, master, database, tls, username, password, sentinelUsername, sentinelPassword } =
    address;
  return {
    sentinels,
    name: master,
    db: database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls ? { tls: tlsOptions(), enableTLSForSentinelMode: true, sentinelTLS: tlsOptions() } : {}),
    ...natOptions(),
    sentinelRetryStrategy: options.retryStrategy!,
    failoverDetector: true,
    updateSentinels: true,
    // A master that was replaced while it was away may come back as a replica, on a connection that stayed open.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  };
}

/** Resolves once commands can be sent; before that, a connection for commands refuses them. */
export const connected = (client: RedisClient): Promise<void> =>
  client.status === 'ready'
    ? Promise.resolve()
    : new Promise((resolve) => client.once('ready', () => resolve()));

/**
 * Calls the listener whenever a connection to Redis ends, before anything is sent on the next one. The connections of a
 * cluster count each; assumes that ioredis emits `+node` before it uses a node.
 */
export function onDisconnect(client: RedisClient, listener: () => void): void {
  if (!isCluster(client)) {
    client.on('close', listener);
    return;
  }
  const watch = (node: Redis) => node.on('close', listener);
  client.on('+node', watch);
  for (const node of client.nodes()) watch(node);
}

/** User, password and TLS of a cluster: those of its first address, for all its nodes. */
function credentials(first: string): RedisOptions {
  const { username, password } = new URL(first);
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...tlsOf(first),
  };
}

const tlsOf = (url: string): RedisOptions =>
  new URL(url).protocol === 'rediss:' ? { tls: tlsOptions() } : {};

/**
 * Checks that Redis can be reached, is recent enough, and is what the addresses say, and sets the {@link clock}.
 * @param connection settings of all connections of this process, see {@link configureConnections}
 * @returns the URL for {@link connect}; one address of a cluster, as managed services provide it, is enough
 * @throws {Error} with a one-line message, if no node can be reached, one of them is too old, or several are no cluster
 */
export async function checkRedis(
  url: string,
  connection: Parameters<typeof configureConnections>[0] = {},
): Promise<string> {
  configureConnections(connection);
  if (isSentinelUrl(url)) return checkSentinel(url);
  const urls = url.split(',').map((node) => node.trim());
  const found = await Promise.all(urls.map(probe));
  const modes = found.flatMap((node) => ('mode' in node ? [node.mode] : []));
  // A cluster keeps working while some of its nodes are down.
  if (modes.length === 0) {
    const cause = found.flatMap((node) => ('cause' in node ? [node.cause] : []))[0];
    throw new Error(`HEXFLEET_REDIS_URL: cannot reach Redis at ${maskUrls(url)}: ${cause}`);
  }
  const isCluster = modes.every((mode) => mode === 'cluster');
  if (!isCluster && urls.length > 1)
    throw new Error(
      `HEXFLEET_REDIS_URL: several addresses mean a Redis Cluster, but ${maskUrls(url)} is not one; give one address`,
    );
  if (isCluster && Number(new URL(urls[0]!).pathname.slice(1)) > 0)
    throw new Error(
      `HEXFLEET_REDIS_URL: a Redis Cluster has only database 0, but ${maskUrls(url)} names another`,
    );
  return isCluster && urls.length === 1 ? `${urls[0]},${urls[0]}` : url;
}

async function checkSentinel(url: string): Promise<string> {
  const found = await probe(url);
  if ('cause' in found)
    throw new Error(`HEXFLEET_REDIS_URL: cannot reach a master through ${maskUrls(url)}: ${found.cause}`);
  return url;
}

/** @returns the mode of a node, or why it cannot be reached @throws {Error} if it is too old */
async function probe(url: string): Promise<{ mode: string } | { cause: string }> {
  const once: RedisOptions = {
    ...options,
    lazyConnect: true,
    retryStrategy: () => null,
    commandTimeout: 5_000,
  };
  const client = isSentinelUrl(url)
    ? new Redis({
        ...once,
        ...sentinelOptions(url),
        sentinelRetryStrategy: () => null,
        failoverDetector: false,
      })
    : new Redis(url, { ...once, ...tlsOf(url) });
  let cause = '';
  client.on('error', (error) => {
    cause = error.message || String((error as NodeJS.ErrnoException).code);
  });
  let version: string;
  let mode: string;
  try {
    await client.connect();
    // From here on this process uses the time of Redis.
    await clock.measure(async () => {
      const [s, us] = await client.time();
      return Number(s) * 1_000 + Number(us) / 1_000;
    });
    const info = await client.info('server');
    version = /redis_version:(\S+)/.exec(info)?.[1] ?? '0';
    mode = /redis_mode:(\S+)/.exec(info)?.[1] ?? 'standalone';
  } catch (error) {
    return { cause: cause || (error as Error).message };
  } finally {
    client.disconnect();
  }
  if (Number.parseInt(version, 10) < OLDEST_MAJOR)
    throw new Error(
      `HEXFLEET_REDIS_URL: Redis ${version} at ${maskUrls(url)} is too old; version ${OLDEST_MAJOR} or later is required`,
    );
  return { mode };
}
