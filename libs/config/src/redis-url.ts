/** Where Redis is: one node, several nodes of a cluster, or a master that sentinels know by its name. */
export type RedisAddress =
  | { kind: 'nodes'; urls: string[]; database: number }
  | {
      kind: 'sentinel';
      sentinels: Array<{ host: string; port: number }>;
      master: string;
      database: number;
      tls: boolean;
      username?: string;
      password?: string;
      sentinelUsername?: string;
      sentinelPassword?: string;
    };

const SENTINEL = /^rediss?\+sentinel:\/\//i;
const SENTINEL_PORT = 26_379;

/** Unix socket; ioredis takes user, password and database from the query. */
const SOCKET =
  /^unix:\/\/\/[^?#]+(\?(db=\d+|username=[^&]*|password=[^&]*)(&(db=\d+|username=[^&]*|password=[^&]*))*)?$/;
const databaseOf = (url: string): number => Number(new URL(url).searchParams.get('db') ?? 0);

export const isSentinelUrl = (value: string): boolean => SENTINEL.test(value.trim());

/**
 * Parses `redis://host:port/db`, several of them separated by commas, `unix:///path?db=0&username=…&password=…`, or
 * `redis+sentinel://user:password@host:port,host:port/master/db?sentinelUsername=…&sentinelPassword=…`, whose user and
 * password are those of Redis itself.
 * @returns null if it is none of them
 */
export function parseRedisUrl(value: string): RedisAddress | null {
  return isSentinelUrl(value) ? parseSentinel(value.trim()) : parseNodes(value);
}

function parseNodes(value: string): RedisAddress | null {
  const urls = value.split(',').map((url) => url.trim());
  const isUrl = (url: string) => URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol);
  if (urls.length === 1 && SOCKET.test(urls[0]!))
    return { kind: 'nodes', urls, database: databaseOf(urls[0]!) };
  if (!urls.every(isUrl)) return null;
  return { kind: 'nodes', urls, database: Number(new URL(urls[0]!).pathname.slice(1)) || 0 };
}

function parseSentinel(value: string): RedisAddress | null {
  const [, scheme, user, hosts, path = '', query = ''] =
    /^(rediss?)\+sentinel:\/\/(?:([^@/]*)@)?([^/?]+)(\/[^?]*)?(\?.*)?$/i.exec(value) ?? [];
  // Only the list of hosts is no part of a usual URL.
  const nodes = (hosts ?? '').split(',').map((host) => `redis://${host.trim()}`);
  if (scheme === undefined || !nodes.every((url) => URL.canParse(url) && new URL(url).hostname !== ''))
    return null;
  const [master = '', database = '0', ...rest] = path.slice(1).split('/').map(decode);
  if (!/^[\w.-]+$/.test(master) || !/^\d+$/.test(database) || rest.length > 0) return null;
  const [username, ...password] = (user ?? '').split(':');
  const parameters = new URLSearchParams(query);
  const known = ['sentinelUsername', 'sentinelPassword'] as const;
  if ([...parameters.keys()].some((name) => !known.some((each) => each === name))) return null;
  return {
    kind: 'sentinel',
    sentinels: nodes.map((url) => {
      const { hostname, port } = new URL(url);
      return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) || SENTINEL_PORT };
    }),
    master,
    database: Number(database),
    tls: scheme.toLowerCase() === 'rediss',
    ...(username ? { username: decode(username) } : {}),
    ...(password.length > 0 ? { password: decode(password.join(':')) } : {}),
    ...Object.fromEntries(
      known.flatMap((name) => (parameters.has(name) ? [[name, parameters.get(name)!]] : [])),
    ),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
