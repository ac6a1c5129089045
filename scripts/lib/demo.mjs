/**
 * Decides whether npm start issues demo tokens, which give any role to anyone who can reach it. By default it does so
 * only if nothing of the user is at risk: a generated secret, an own Redis and a loopback address.
 * @param config `demo` is true, false, or undefined when HEXFLEET_DEMO is unset
 * @returns {{ isOn: boolean, why: string }} `why` is shown in the table of npm start
 */
export function decideDemo({ demo, jwtSecret, redisUrl, isLocal }) {
  const given = [
    jwtSecret && 'HEXFLEET_JWT_SECRET is set',
    redisUrl && 'HEXFLEET_REDIS_URL is set',
    !isLocal && 'HEXFLEET_HOST is open to the network',
  ].filter(Boolean);
  if (demo) {
    const key = jwtSecret ? ', signed with your HEXFLEET_JWT_SECRET' : '';
    const who = isLocal ? 'any program on this machine' : 'anyone who can reach this address';
    return { isOn: true, why: `on (HEXFLEET_DEMO=1): ${who} can get tokens for any role${key}` };
  }
  if (demo === false) return { isOn: false, why: 'off (HEXFLEET_DEMO=0)' };
  if (given.length > 0)
    return { isOn: false, why: `off, because ${given.join(' and ')}; HEXFLEET_DEMO=1 turns it on` };
  return { isOn: true, why: 'on: any program on this machine can get tokens for any role' };
}
