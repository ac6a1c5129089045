import { isIP } from 'node:net';
import { z } from 'zod';
import { parseRedisUrl } from './redis-url.js';
import { maskUrls } from './urls.js';

const integer = (min: number, max: number, defaultValue: number) =>
  z.coerce.number().pipe(z.int().min(min).max(max)).default(defaultValue);

/** One URL, the URLs of several nodes of one cluster, or sentinels and the name of a master. */
const redisUrl = z.string().refine((value) => parseRedisUrl(value) !== null, {
  error:
    'must be redis:// or rediss:// URLs, separated by commas, unix:///path, or redis+sentinel://host:port,host:port/master-name',
});

/** `internal:port=external:port`, separated by commas. */
const natMap = z.string().transform((value, context) => {
  const pairs = value.split(',').map((pair) => /^\s*([^=\s]+:\d+)=([^=\s]+):(\d+)\s*$/.exec(pair));
  if (pairs.every((pair) => pair !== null))
    return Object.fromEntries(
      pairs.map(([, from, host, port]) => [from!, { host: host!, port: Number(port) }]),
    );
  context.addIssue('must be internal-host:port=reachable-host:port, separated by commas');
  return z.NEVER;
});

/** Without braces, which are hash tags in a Redis Cluster, and without wildcards, which mean patterns in Redis. */
const prefix = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9:_-]{0,39})$/i, 'must be 1 to 40 characters of A-Z, a-z, 0-9, :, _ and -')
  .default('');

const secret = z.string().min(32, 'must have at least 32 characters');

/** Texts that are separated by commas, which are therefore in none of them. */
const names = z
  .string()
  .default('')
  .transform((value) => value.split(',').flatMap((name) => name.trim() || []));

const secrets = names.refine((list) => list.every((each) => each.length >= 32), {
  error: 'must be secrets of at least 32 characters, separated by commas',
});

const CLAIMS = ['sub', 'role', 'fleet', 'regions', 'readOnly'] as const;

/** `role=https://example.com/role,sub=user_id`: the names of claims that the issuer calls something else. */
const claims = names.transform((pairs, context) => {
  const own = Object.fromEntries(CLAIMS.map((name) => [name, name as string]));
  for (const pair of pairs) {
    const [, name = '', claim] = /^(\w+)=(.+)$/.exec(pair) ?? [];
    if (claim === undefined || !Object.hasOwn(own, name)) {
      context.addIssue(`must be pairs such as role=https://example.com/role of ${CLAIMS.join(', ')}`);
      return z.NEVER;
    }
    own[name] = claim;
  }
  return own as Record<(typeof CLAIMS)[number], string>;
});

const bit = z.enum(['0', '1'], 'must be 0 or 1');
const flag = bit.default('0').transform((value) => value === '1');

const host = z.string().refine((value) => isIP(value) !== 0 || /^[a-z0-9.-]+$/i.test(value), {
  error: 'must be an IP address or host name of this machine, without port or brackets',
});

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional();

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

/** A key of P-256 in base64url. */
const vapidKey = (characters: number) =>
  z
    .string()
    .regex(
      new RegExp(`^[A-Za-z0-9_-]{${characters}}$`),
      `must be a VAPID key: ${characters} characters of base64url`,
    );

/** Contact that push services use if something goes wrong. */
const vapidSubject = z
  .string()
  .regex(/^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/, 'must be mailto: and an address, or an https:// URL')
  .default('mailto:hexfleet@example.com');

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
  HEXFLEET_REDIS_CA_FILE: ['redisCaFile', z.string().min(1).optional()],
  HEXFLEET_REDIS_CERT_FILE: ['redisCertFile', z.string().min(1).optional()],
  HEXFLEET_REDIS_KEY_FILE: ['redisKeyFile', z.string().min(1).optional()],
  HEXFLEET_REDIS_SERVER_NAME: ['redisServerName', z.string().min(1).optional()],
  HEXFLEET_REDIS_NAT_MAP: ['redisNatMap', natMap.optional()],
  HEXFLEET_REDIS_WAIT_REPLICAS: ['waitReplicas', integer(0, 10, 0)],
  HEXFLEET_VEHICLES: ['vehicles', integer(0, 50_000, 300)],
  HEXFLEET_GATEWAYS: ['gateways', integer(1, 64, 2)],
  HEXFLEET_PROCESSORS: ['processors', integer(1, 64, 1)],
  HEXFLEET_DATA_DIR: ['dataDir', z.string().min(1).default('./.data')],
  HEXFLEET_JWT_SECRET: ['jwtSecret', secret.optional()],
  HEXFLEET_JWT_OTHER_SECRETS: ['jwtOtherSecrets', secrets],
  HEXFLEET_INSTALLATION_SECRET: ['installationSecret', secret.optional()],
  HEXFLEET_PSEUDONYM_KEY: ['pseudonymKey', secret.optional()],
  HEXFLEET_JWKS_URL: [
    'jwksUrl',
    z.url({ protocol: /^https?$/, error: 'must be an https:// URL' }).optional(),
  ],
  HEXFLEET_JWT_KEYS_FILE: ['jwtKeysFile', z.string().min(1).optional()],
  HEXFLEET_JWT_ISSUERS: ['jwtIssuers', names],
  HEXFLEET_JWT_AUDIENCES: ['jwtAudiences', names],
  HEXFLEET_JWT_TOLERANCE_S: ['jwtToleranceS', integer(0, 300, 5)],
  HEXFLEET_JWT_MAX_AGE_S: ['jwtMaxAgeS', z.coerce.number().pipe(z.int().min(60).max(2_592_000)).optional()],
  HEXFLEET_JWT_CLAIMS: ['jwtClaims', claims],
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
  HEXFLEET_TRUST_PROXY: ['trustProxy', z.coerce.number().pipe(z.int().min(0).max(10)).optional()],
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
  HEXFLEET_INCIDENT_HOURS: ['incidentHours', integer(1, 168, 12)],
  HEXFLEET_TRIP_DAYS: ['tripDays', integer(1, 90, 7)],
  HEXFLEET_CHAT_DAYS: ['chatDays', integer(1, 90, 7)],
  HEXFLEET_PRESENCE_DAYS: ['presenceDays', integer(1, 365, 30)],
  HEXFLEET_AUDIT_DAYS: ['auditDays', integer(1, 3_650, 90)],
  HEXFLEET_TICK_MS: ['tickMs', integer(20, 60_000, 1_000)],
  HEXFLEET_MAX_BACKLOG: ['maxBacklog', integer(1_000, 100_000_000, 1_000_000)],
  HEXFLEET_MAX_WAITING_BYTES: ['maxWaitingBytes', integer(65_536, 1_073_741_824, 1_048_576)],
  HEXFLEET_PING_INTERVAL_MS: ['pingIntervalMs', integer(1_000, 60_000, 5_500)],
  HEXFLEET_DRAIN_MS: ['drainMs', integer(0, 600_000, 0)],
  HEXFLEET_OSRM_URL: ['osrmUrl', httpUrl],
  HEXFLEET_DEMO_CITY: ['demoCity', flag],
  HEXFLEET_PHOTON_URL: ['photonUrl', httpUrl],
  HEXFLEET_NOMINATIM_URL: ['nominatimUrl', httpUrl],
  HEXFLEET_NO_SHOW_MS: ['noShowMs', integer(1_000, 3_600_000, 300_000)],
  HEXFLEET_VAPID_PUBLIC_KEY: ['vapidPublicKey', vapidKey(87).optional()],
  HEXFLEET_VAPID_PRIVATE_KEY: ['vapidPrivateKey', vapidKey(43).optional()],
  HEXFLEET_VAPID_SUBJECT: ['vapidSubject', vapidSubject],
  HEXFLEET_PUSH_HOSTS: ['pushHosts', hostNames],
  HEXFLEET_PUSH_LOOPBACK: ['pushLoopback', flag],
  HEXFLEET_NOTIFY_URL: ['notifyUrl', httpUrl],
  HEXFLEET_NOTIFY_SECRET: ['notifySecret', secret.optional()],
  HEXFLEET_MAP_STYLE: ['mapStyle', mapStyle],
  HEXFLEET_MAP_HOSTS: ['mapHosts', origins],
  HEXFLEET_MAPBOX_TOKEN: [
    'mapboxToken',
    z.string().regex(/^pk\./, 'must be a public token, which begins with pk.').optional(),
  ],
  HEXFLEET_OPS_HOST: ['opsHost', host.default('127.0.0.1')],
  HEXFLEET_OPS_PORT: ['opsPort', integer(0, 65_535, 0)],
  HEXFLEET_METRICS_HOST: ['metricsHost', host.optional()],
  HEXFLEET_METRICS_PORT: ['metricsPort', integer(0, 65_535, 0)],
  OTEL_EXPORTER_OTLP_ENDPOINT: [
    'otlpEndpoint',
    z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
  ],
  HEXFLEET_LOG_LEVEL: [
    'logLevel',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  ],
} as const satisfies Record<string, readonly [string, z.ZodType]>;

type Variables = typeof VARIABLES;
export type Config = Readonly<{ [V in keyof Variables as Variables[V][0]]: z.output<Variables[V][1]> }>;

export class ConfigError extends Error {}

const SECRETS = [
  'HEXFLEET_JWT_SECRET',
  'HEXFLEET_JWT_OTHER_SECRETS',
  'HEXFLEET_INSTALLATION_SECRET',
  'HEXFLEET_PSEUDONYM_KEY',
  'HEXFLEET_MAPBOX_TOKEN',
  'HEXFLEET_NOTIFY_SECRET',
  'HEXFLEET_VAPID_PRIVATE_KEY',
];

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

/** Configuration of a process of the service, which has a store. A processor needs no secret. */
export type ProcessConfig = Config & { redisUrl: string };

/**
 * Reads the configuration of a gateway or processor, which needs Redis. The secret of the installation is the one that signs
 * tokens unless it has one of its own.
 * @throws {ConfigError}
 */
export function loadProcessConfig(env: Record<string, string | undefined>): ProcessConfig {
  const config = loadConfig(env);
  const { redisUrl, jwtSecret, installationSecret = jwtSecret } = config;
  if (redisUrl === undefined) throw new ConfigError('HEXFLEET_REDIS_URL is not set');
  return { ...config, redisUrl, installationSecret };
}

/** Checks the keys of a gateway, which processors neither need nor get. @throws {ConfigError} */
export function requireGatewayKeys(config: Config): void {
  requireTokenKeys(config);
  requireNotificationKeys(config);
}

/** Checks that a gateway has a secret, can verify tokens and, in the demo, sign them. @throws {ConfigError} */
function requireTokenKeys({
  installationSecret,
  jwtSecret,
  jwtOtherSecrets,
  jwksUrl,
  jwtKeysFile,
  demo,
}: Pick<
  Config,
  'installationSecret' | 'jwtSecret' | 'jwtOtherSecrets' | 'jwksUrl' | 'jwtKeysFile' | 'demo'
>): void {
  if (installationSecret === undefined && jwtSecret === undefined)
    throw new ConfigError('HEXFLEET_JWT_SECRET is not set, nor is HEXFLEET_INSTALLATION_SECRET');
  if (
    jwtSecret === undefined &&
    jwtOtherSecrets.length === 0 &&
    jwksUrl === undefined &&
    jwtKeysFile === undefined
  )
    throw new ConfigError('HEXFLEET_JWT_SECRET, HEXFLEET_JWKS_URL or HEXFLEET_JWT_KEYS_FILE must be set');
  if (demo === true && jwtSecret === undefined)
    throw new ConfigError('HEXFLEET_DEMO=1 needs HEXFLEET_JWT_SECRET, which signs the tokens of the demo');
}

/** Checks that settings of notifications that belong together are set together. @throws {ConfigError} */
function requireNotificationKeys(config: Config): void {
  if ((config.vapidPublicKey === undefined) !== (config.vapidPrivateKey === undefined))
    throw new ConfigError('HEXFLEET_VAPID_PUBLIC_KEY and HEXFLEET_VAPID_PRIVATE_KEY must be set together');
  if (config.notifyUrl !== undefined && config.notifySecret === undefined)
    throw new ConfigError('HEXFLEET_NOTIFY_URL needs HEXFLEET_NOTIFY_SECRET, which signs the requests');
}

export const variableNames = Object.keys(VARIABLES);
