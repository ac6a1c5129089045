import { isIP } from 'node:net';
import { z } from 'zod';
import { maskUrls } from './urls.js';

const whole = (min: number, max: number, byDefault: number) =>
  z.coerce.number().pipe(z.int().min(min).max(max)).default(byDefault);

/** One URL, or several nodes of one cluster, separated by commas. */
const redisUrl = z
  .string()
  .refine(
    (value) =>
      value
        .split(',')
        .every((url) => URL.canParse(url.trim()) && /^rediss?:$/.test(new URL(url.trim()).protocol)),
    { error: 'must be redis:// or rediss:// addresses, separated by commas' },
  );

const bit = z.enum(['0', '1'], 'must be 0 or 1');
const flag = bit.default('0').transform((value) => value === '1');

const host = z.string().refine((value) => isIP(value) !== 0 || /^[a-z0-9.-]+$/i.test(value), {
  error: 'must be an address or a name of this machine, without a port and without brackets',
});

const hostNames = z
  .string()
  .default('')
  .transform((value) => value.split(',').flatMap((name) => name.trim().toLowerCase() || []))
  .refine((names) => names.every((name) => /^([a-z0-9.-]+|\[[a-f0-9:]+\])$/.test(name)), {
    error: 'must be names of hosts, without ports, separated by commas',
  });

const OPENFREEMAP = 'https://tiles.openfreemap.org/styles';

/** `offline`, or the address of a style, or of one for the day and one for the night. */
const mapStyle = z
  .string()
  .refine(
    (value) =>
      value === 'offline' ||
      (value.split(',').length <= 2 &&
        value.split(',').every((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))),
    { error: 'must be offline, or one or two http:// or https:// addresses, separated by a comma' },
  )
  .default(`${OPENFREEMAP}/positron,${OPENFREEMAP}/dark`);

/** Every variable, its default and its unit. The documentation's table is checked against this one. */
const VARIABLES = {
  PORT: ['port', whole(0, 65_535, 3_000)],
  HEXFLEET_HOST: ['host', host.default('127.0.0.1')],
  HEXFLEET_REDIS_URL: ['redisUrl', redisUrl.optional()],
  HEXFLEET_VEHICLES: ['vehicles', whole(0, 50_000, 300)],
  HEXFLEET_GATEWAYS: ['gateways', whole(1, 64, 2)],
  HEXFLEET_PROCESSORS: ['processors', whole(1, 64, 1)],
  HEXFLEET_DATA_DIR: ['dataDir', z.string().min(1).default('./.data')],
  HEXFLEET_JWT_SECRET: ['jwtSecret', z.string().min(32, 'must have at least 32 characters').optional()],
  HEXFLEET_NODE: [
    'node',
    z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 of a-z 0-9 -')
      .optional(),
  ],
  HEXFLEET_URL: ['url', z.url().optional()],
  // Unset is not 0: npm start then decides.
  HEXFLEET_DEMO: ['demo', bit.transform((value) => value === '1').optional()],
  HEXFLEET_DEMO_HOSTS: ['demoHosts', hostNames],
  HEXFLEET_SUPPORT_ACCESS: ['supportAccess', flag],
  HEXFLEET_PARTITIONS: ['partitions', whole(1, 256, 1)],
  HEXFLEET_SILENT_MS: ['silentMs', whole(1_000, 3_600_000, 30_000)],
  HEXFLEET_OFFER_MS: ['offerMs', whole(1_000, 600_000, 15_000)],
  HEXFLEET_SEARCH_MS: ['searchMs', whole(1_000, 3_600_000, 300_000)],
  HEXFLEET_SEARCH_RADIUS_M: ['searchRadiusM', whole(100, 20_000, 5_000)],
  HEXFLEET_MAX_VEHICLES_IN_VIEW: ['maxVehiclesInView', whole(1, 100_000, 20_000)],
  HEXFLEET_FEED_HOURS: ['feedHours', whole(1, 168, 24)],
  HEXFLEET_TRACK_HOURS: ['trackHours', whole(1, 168, 24)],
  HEXFLEET_TICK_MS: ['tickMs', whole(20, 60_000, 1_000)],
  HEXFLEET_FLUSH_MS: ['flushMs', whole(0, 1_000, 2)],
  HEXFLEET_MAX_BACKLOG: ['maxBacklog', whole(1_000, 100_000_000, 1_000_000)],
  HEXFLEET_OSRM_URL: [
    'osrmUrl',
    z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }).optional(),
  ],
  HEXFLEET_MAP_STYLE: ['mapStyle', mapStyle],
  HEXFLEET_MAPBOX_TOKEN: [
    'mapboxToken',
    z.string().regex(/^pk\./, 'must be a public token, which begins with pk.').optional(),
  ],
  HEXFLEET_OPS_HOST: ['opsHost', host.default('127.0.0.1')],
  HEXFLEET_OPS_PORT: ['opsPort', whole(0, 65_535, 0)],
  HEXFLEET_LOG_LEVEL: [
    'logLevel',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  ],
} as const satisfies Record<string, readonly [string, z.ZodType]>;

type Variables = typeof VARIABLES;
export type Config = Readonly<{ [V in keyof Variables as Variables[V][0]]: z.output<Variables[V][1]> }>;

export class ConfigError extends Error {}

const SECRETS = ['HEXFLEET_JWT_SECRET', 'HEXFLEET_MAPBOX_TOKEN'];

/** The value of a variable as an error may show it. */
function shown(variable: string, value = ''): string {
  if (SECRETS.includes(variable)) return '(not shown)';
  // Without a scheme it is no URL, but may have been meant as one with a password.
  return JSON.stringify(
    variable.endsWith('_URL') ? maskUrls(value).replace(/^(?!.*:\/\/).*@/s, '***@') : maskUrls(value),
  );
}

/**
 * Reads the environment once, into one frozen object.
 * @throws {ConfigError} one line that names the variable, what it holds and what it may hold
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const entries = Object.entries(VARIABLES).map(([variable, [name, schema]]) => {
    // An empty variable is how shells and compose files say that it is unset.
    const result = schema.safeParse(env[variable] === '' ? undefined : env[variable]);
    if (result.success) return [name, result.data];
    const why = result.error.issues[0]?.message ?? 'is not valid';
    throw new ConfigError(`${variable}=${shown(variable, env[variable])}: ${why}`);
  });
  return Object.freeze(Object.fromEntries(entries)) as Config;
}

/** For the processes of the service, which cannot run without these. @throws {ConfigError} */
export function loadProcessConfig(
  env: Record<string, string | undefined>,
): Config & { redisUrl: string; jwtSecret: string } {
  const config = loadConfig(env);
  const { redisUrl, jwtSecret } = config;
  if (redisUrl === undefined) throw new ConfigError('HEXFLEET_REDIS_URL is not set');
  if (jwtSecret === undefined) throw new ConfigError('HEXFLEET_JWT_SECRET is not set');
  return { ...config, redisUrl, jwtSecret };
}

export const variableNames = Object.keys(VARIABLES);
