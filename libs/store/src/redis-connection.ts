import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { ClusterOptions, SentinelConnectionOptions } from 'ioredis';
import type { Config } from '#config';

type NatMap = NonNullable<ClusterOptions['natMap'] & SentinelConnectionOptions['natMap']>;
type Settings = Partial<
  Pick<Config, 'redisCaFile' | 'redisCertFile' | 'redisKeyFile' | 'redisServerName' | 'redisNatMap'>
>;

/** Settings of every connection of this process to Redis that its URL cannot express. */
let tls: ConnectionOptions = {};
let natMap: NatMap | undefined;

/** Reads the files of the settings. @throws {Error} with one line that names the setting */
export function configureConnections(settings: Settings): void {
  const read = (name: 'redisCaFile' | 'redisCertFile' | 'redisKeyFile', variable: string) => {
    const path = settings[name];
    if (path === undefined) return undefined;
    try {
      return readFileSync(path);
    } catch (error) {
      throw new Error(`${variable}: cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
    }
  };
  const ca = read('redisCaFile', 'HEXFLEET_REDIS_CA_FILE');
  const cert = read('redisCertFile', 'HEXFLEET_REDIS_CERT_FILE');
  const key = read('redisKeyFile', 'HEXFLEET_REDIS_KEY_FILE');
  if ((cert === undefined) !== (key === undefined))
    throw new Error('HEXFLEET_REDIS_CERT_FILE and HEXFLEET_REDIS_KEY_FILE: set both or none');
  const { redisServerName: servername } = settings;
  tls = { ...(ca && { ca }), ...(cert && { cert, key }), ...(servername && { servername }) };
  natMap = settings.redisNatMap;
}

/** TLS options for `rediss://`. */
export const tlsOptions = (): ConnectionOptions => ({ ...tls });

/** Addresses at which this process reaches the nodes that a cluster or a sentinel names; empty without a map. */
export const natOptions = (): { natMap?: NatMap } => (natMap === undefined ? {} : { natMap });
