import { afterEach, expect, test, vi } from 'vitest';
import { cachedToken, tokenClaims } from './token.js';

afterEach(() => {
  vi.useRealTimers();
});

const jwt = (claims: object) => `head.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;

test('claims are read from a JWT, and are null for anything else', () => {
  expect(tokenClaims(jwt({ sub: 'ada', iat: 3, exp: 7 }))).toEqual({
    sub: 'ada',
    issuedAt: 3_000,
    expiresAt: 7_000,
  });
  expect(tokenClaims(jwt({ sub: 7 }))).toEqual({ sub: null, issuedAt: null, expiresAt: null });
  for (const token of ['', 'opaque', 'a.b.c', jwt([]).replace('head.', '')])
    expect(tokenClaims(token)).toBeNull();
});

test('a token is fetched once and again shortly before it expires', async () => {
  vi.useFakeTimers({ now: 0 });
  const fetch = vi.fn(async () => jwt({ exp: Date.now() / 1_000 + 100 }));
  const token = cachedToken(fetch);
  await Promise.all([token(), token()]);
  vi.setSystemTime(69_000);
  await token();
  expect(fetch).toHaveBeenCalledTimes(1);
  vi.setSystemTime(71_000);
  await token();
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('a failed fetch is not cached', async () => {
  const fetch = vi.fn(async () => 'token').mockRejectedValueOnce(new Error('no network'));
  const token = cachedToken(fetch);
  await expect(token()).rejects.toThrow('no network');
  expect(await token()).toBe('token');
});

test.each([
  ['an hour slow', -3_600_000, 70_000],
  ['an hour fast', 3_600_000, 30_000],
])(
  'a device that is %s neither keeps a token too long nor fetches one for each request',
  async (_, aheadMs, keptMs) => {
    vi.useFakeTimers({ now: 10_000_000 });
    const fetch = vi.fn(async () => {
      const iat = (Date.now() - aheadMs) / 1_000;
      return jwt({ iat, exp: iat + 100 });
    });
    const token = cachedToken(fetch);
    await token();
    vi.advanceTimersByTime(keptMs - 1_000);
    await token();
    expect(fetch).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2_000);
    await token();
    expect(fetch).toHaveBeenCalledTimes(2);
  },
);
