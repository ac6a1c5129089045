/**
 * Decides whether npm start gives demo tokens, of any role to anyone who can reach it. Without a word from the user it
 * does so only where nothing of theirs is at stake: our own secret and Redis, and an address of this machine alone.
 * @param config `demo` is true, false, or undefined when HEXFLEET_DEMO is unset
 * @returns {{ isOn: boolean, why: string }} `why` for the table that npm start shows
 */
export function decideDemo({ demo, jwtSecret, redisUrl, isLocal }) {
  const given = [
    jwtSecret && 'HEXFLEET_JWT_SECRET is set',
    redisUrl && 'HEXFLEET_REDIS_URL is set',
    !isLocal && 'HEXFLEET_HOST is open to the network',
  ].filter(Boolean);
  if (demo) {
    const key = jwtSecret ? ', signed with your HEXFLEET_JWT_SECRET' : '';
    const who = isLocal ? 'every program of this machine' : 'everybody who reaches this address';
    return { isOn: true, why: `on (HEXFLEET_DEMO=1): ${who} gets tokens of any role${key}` };
  }
  if (demo === false) return { isOn: false, why: 'off (HEXFLEET_DEMO=0)' };
  if (given.length > 0)
    return { isOn: false, why: `off, because ${given.join(' and ')}; HEXFLEET_DEMO=1 turns it on` };
  return { isOn: true, why: 'on: every program of this machine gets tokens of any role' };
}
