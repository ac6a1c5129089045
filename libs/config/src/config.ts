import { isIP } from 'node:net';
import { z } from 'zod';
import { parseRedisUrl } from './redis-url.js';
import { maskUrls } from './urls.js';

const integer = (min: number, max: number, defaultValue: number) =>
  z.coerce.number().pipe(z.int().min(min).max(max)).default(defaultValue);

/** One URL, the URLs of several nodes of one cluster, or sentinels and the name of a master. */
const redisUrl = z.string().refine((value) => parseRedisUrl(value) !== null, {
  error:
    'must be redis:// or rediss:// URLs, separated by commas, or redis+sentinel://host:port,host:port/master-name',
});

/** Without braces, which are hash tags in a Redis Cluster, and without wildcards, which mean patterns in Redis. */
const prefix = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9:_-]{0,39})$/i, 'must be 1 to 40 characters of A-Z, a-z, 0-9, :, _ and -')
  .default('');

const bit = z.enum(['0', '1'], 'must be 0 or 1');
const flag = bit.default('0').transform((value) => value === '1');

const host = z.string().refine((value) => isIP(value) !== 0 || /^[a-z0-9.-]+$/i.test(value), {
  error: 'must be an IP address or host name of this machine, without port or brackets',
});

const hostNames = z
  .string()
  .default('')
  .transform((value) => value.split(',').flatMap((name) => name.trim().toLowerCase() || []))
  .refine((names) => names.every((name) => /^([a-z0-9.-]+|\[[a-f0-9:]+\])$/.test(name)), {
    error: 'must be host names without ports, separated by commas',
  });

/** Origins as browsers send them: `https://app.example`, `capacitor://localhost`, or `null` for pages without one. */
const origins = z
  .string()
  .default('')
  .transform((value) => value.split(',').flatMap((origin) => origin.trim() || []))
  .refine(
    (list) =>
      list.every((origin) =>
        /^(null|[a-z][a-z0-9+.-]*:\/\/([a-z0-9.-]+|\[[a-f0-9:]+\])(:\d{1,5})?)$/.test(origin),
      ),
    {
      error:
        'must be origins such as https://app.example, in lower case and without a path, separated by commas',
    },
  );

const OPENFREEMAP = 'https://tiles.openfreemap.org/styles';

/** `offline`, the URL of a style, or the URLs of a light and a dark style. */
const mapStyle = z
  .string()
  .refine(
    (value) =>
      value === 'offline' ||
      (value.split(',').length <= 2 &&
        value.split(',').every((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))),
    { error: 'must be offline, or one or two http:// or https:// URLs, separated by a comma' },
  )
  .default(`${OPENFREEMAP}/positron,${OPENFREEMAP}/dark`);

/** Every variable with its range and default. A test checks the table of docs/configuration.md against this one. */
const VARIABLES = {
  PORT: ['port', integer(0, 65_535, 3_000)],
  HEXFLEET_HOST: ['host', host.default('127.0.0.1')],
  HEXFLEET_REDIS_URL: ['redisUrl', redisUrl.optional()],
  HEXFLEET_PREFIX: ['prefix', prefix],
  HEXFLEET_REDIS_WAIT_REPLICAS: ['waitReplicas', integer(0, 10, 0)],
  HEXFLEET_VEHICLES: ['vehicles', integer(0, 50_000, 300)],
  HEXFLEET_GATEWAYS: ['gateways', integer(1, 64, 2)],
  HEXFLEET_PROCESSORS: ['processors', integer(1, 64, 1)],
  HEXFLEET_DATA_DIR: ['dataDir', z.string().min(1).default('./.data')],
  HEXFLEET_JWT_SECRET: ['jwtSecret', z.string().min(32, 'must have at least 32 characters').optional()],
  HEXFLEET_NODE: [
    'node',
    z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 characters of a-z, 0-9 and -')
      .optional(),
  ],
  HEXFLEET_URL: ['url', z.url().optional()],
  // Unset differs from 0: npm start then decides.
  HEXFLEET_DEMO: ['demo', bit.transform((value) => value === '1').optional()],
  HEXFLEET_DEMO_HOSTS: ['demoHosts', hostNames],
  HEXFLEET_CORS_ORIGINS: ['corsOrigins', origins],
  HEXFLEET_SUPPORT_ACCESS: ['supportAccess', flag],
  HEXFLEET_PARTITIONS: ['partitions', integer(1, 256, 1)],
  HEXFLEET_SILENT_MS: ['silentMs', integer(1_000, 3_600_000, 30_000)],
  HEXFLEET_MOCK_DRIVERS: ['mockDrivers', flag],
  HEXFLEET_OFFER_MS: ['offerMs', integer(1_000, 600_000, 15_000)],
  HEXFLEET_SEARCH_MS: ['searchMs', integer(1_000, 3_600_000, 300_000)],
  HEXFLEET_SEARCH_RADIUS_M: ['searchRadiusM', integer(100, 20_000, 5_000)],
  HEXFLEET_MAX_VEHICLES_IN_VIEW: ['maxVehiclesInView', integer(1, 100_000, 20_000)],
  HEXFLEET_FEED_HOURS: ['feedHours', integer(1, 168, 24)],
  HEXFLEET_TRACK_HOURS: ['trackHours', integer(1, 168, 24)],
  HEXFLEET_TICK_MS: ['tickMs', integer(20, 60_000, 1_000)],
  HEXFLEET_FLUSH_MS: ['flushMs', integer(0, 1_000, 2)],
  HEXFLEET_MAX_BACKLOG: ['maxBacklog', integer(1_000, 100_000_000, 1_000_000)],
  HEXFLEET_MAX_WAITING_BYTES: ['maxWaitingBytes', integer(65_536, 1_073_741_824, 1_048_576)],
  HEXFLEET_DRAIN_MS: ['drainMs', integer(0, 600_000, 0)],
  HEXFLEET_OSRM_URL: [
    'osrmUrl',
    z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
  ],
  HEXFLEET_MAP_STYLE: ['mapStyle', mapStyle],
  HEXFLEET_MAPBOX_TOKEN: [
    'mapboxToken',
    z.string().regex(/^pk\./, 'must be a public token, which begins with pk.').optional(),
  ],
  HEXFLEET_OPS_HOST: ['opsHost', host.default('127.0.0.1')],
  HEXFLEET_OPS_PORT: ['opsPort', integer(0, 65_535, 0)],
  HEXFLEET_LOG_LEVEL: [
    'logLevel',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  ],
} as const satisfies Record<string, readonly [string, z.ZodType]>;

type Variables = typeof VARIABLES;
export type Config = Readonly<{ [V in keyof Variables as Variables[V][0]]: z.output<Variables[V][1]> }>;

export class ConfigError extends Error {}

const SECRETS = ['HEXFLEET_JWT_SECRET', 'HEXFLEET_MAPBOX_TOKEN'];

/** Returns the value of a variable with secrets masked, for error messages. */
function masked(variable: string, value = ''): string {
  if (SECRETS.includes(variable)) return '(hidden)';
  // A value without a scheme is no URL, but may be meant as one, with a password.
  return JSON.stringify(
    variable.endsWith('_URL') ? maskUrls(value).replace(/^(?!.*:\/\/).*@/s, '***@') : maskUrls(value),
  );
}

/**
 * Reads the environment into one frozen object.
 * @throws {ConfigError} one line with the variable, its value and the accepted values
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const entries = Object.entries(VARIABLES).map(([variable, [name, schema]]) => {
    // Shells and Compose files set a variable to the empty string to unset it.
    const result = schema.safeParse(env[variable] === '' ? undefined : env[variable]);
    if (result.success) return [name, result.data];
    const why = result.error.issues[0]?.message ?? 'is not valid';
    throw new ConfigError(`${variable}=${masked(variable, env[variable])}: ${why}`);
  });
  return Object.freeze(Object.fromEntries(entries)) as Config;
}

/** Configuration of a process of the service, which has a store and a secret. */
export type ProcessConfig = Config & { redisUrl: string; jwtSecret: string };

/** Reads the configuration of a gateway or processor, which needs Redis and a secret. @throws {ConfigError} */
export function loadProcessConfig(env: Record<string, string | undefined>): ProcessConfig {
  const config = loadConfig(env);
  const { redisUrl, jwtSecret } = config;
  if (redisUrl === undefined) throw new ConfigError('HEXFLEET_REDIS_URL is not set');
  if (jwtSecret === undefined) throw new ConfigError('HEXFLEET_JWT_SECRET is not set');
  return { ...config, redisUrl, jwtSecret };
}

export const variableNames = Object.keys(VARIABLES);
