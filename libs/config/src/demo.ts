import type { Config } from './config.js';
import { isLoopback } from './urls.js';

/**
 * Decides whether `npm start` issues demo tokens, which give any role to anyone who can reach it. By default it does so only
 * if nothing of the user is at risk: a generated secret, an own Redis and a loopback address.
 * @returns `why`, in words for the user
 */
export function decideDemo({
  demo,
  jwtSecret,
  redisUrl,
  host,
  jwksUrl,
  jwtKeysFile,
}: Pick<Config, 'demo' | 'jwtSecret' | 'redisUrl' | 'host'> &
  Partial<Pick<Config, 'jwksUrl' | 'jwtKeysFile'>>): { isOn: boolean; why: string } {
  const isLocal = isLoopback(host);
  if (demo === true) {
    const key = jwtSecret === undefined ? '' : ', signed with your HEXFLEET_JWT_SECRET';
    const who = isLocal ? 'any program on this machine' : 'anyone who can reach this address';
    return { isOn: true, why: `on (HEXFLEET_DEMO=1): ${who} can get tokens for any role${key}` };
  }
  if (demo === false) return { isOn: false, why: 'off (HEXFLEET_DEMO=0)' };
  const given = [
    ...(jwtSecret === undefined ? [] : ['HEXFLEET_JWT_SECRET is set']),
    ...(jwksUrl === undefined ? [] : ['HEXFLEET_JWKS_URL is set']),
    ...(jwtKeysFile === undefined ? [] : ['HEXFLEET_JWT_KEYS_FILE is set']),
    ...(redisUrl === undefined ? [] : ['HEXFLEET_REDIS_URL is set']),
    ...(isLocal ? [] : ['HEXFLEET_HOST is open to the network']),
  ].join(' and ');
  if (given !== '') return { isOn: false, why: `off, because ${given}; HEXFLEET_DEMO=1 turns it on` };
  return { isOn: true, why: 'on: any program on this machine can get tokens for any role' };
}
