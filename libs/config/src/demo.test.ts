import { expect, test } from 'vitest';
import { decideDemo } from './demo.js';

const OWN = { demo: undefined, jwtSecret: undefined, redisUrl: undefined, host: '127.0.0.1' };
const SECRET = 'x'.repeat(32);

test.each([
  [{}, true, 'on: any program on this machine can get tokens for any role'],
  [{ demo: false }, false, 'off (HEXFLEET_DEMO=0)'],
  [{ jwtSecret: SECRET }, false, 'HEXFLEET_JWT_SECRET is set; HEXFLEET_DEMO=1 turns it on'],
  [{ redisUrl: 'redis://h', host: '0.0.0.0' }, false, 'HEXFLEET_REDIS_URL is set and HEXFLEET_HOST is open'],
  [{ demo: true, host: '0.0.0.0' }, true, 'anyone who can reach this address can get tokens for any role'],
  [{ demo: true, jwtSecret: SECRET }, true, 'tokens for any role, signed with your HEXFLEET_JWT_SECRET'],
])('with %o, demo tokens are issued: %s', (given, isOn, why) => {
  expect(decideDemo({ ...OWN, ...given })).toEqual({ isOn, why: expect.stringContaining(why) });
});
