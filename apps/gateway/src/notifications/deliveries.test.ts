import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Config } from '#config';
import { Deliveries } from './deliveries.js';
import { backoffMs } from './notification-jobs.js';
import { signatureOf } from './notify-webhook.js';
import { deliveredBy } from './web-push.js';

test.each([
  [201, 'sent'],
  [200, 'sent'],
  [404, 'gone'],
  [410, 'gone'],
  [400, 'refused'],
  [413, 'refused'],
  [302, 'refused'],
])('an answer with status %i means %s', (status, result) => {
  expect(deliveredBy(status, Number.NaN)).toBe(result);
});

test('an overloaded push service gets the message again when it says so, at most five minutes later', () => {
  expect(deliveredBy(429, 7)).toEqual({ retryInMs: 7_000 });
  expect(deliveredBy(503, 86_400)).toEqual({ retryInMs: 300_000 });
  expect(deliveredBy(500, Number.NaN)).toEqual({ retryInMs: null });
});

test('retries wait twice as long each time, up to five minutes', () => {
  for (const [attempt, most] of [
    [0, 1_000],
    [1, 2_000],
    [5, 32_000],
    [20, 300_000],
    [2_000, 300_000],
  ] as const) {
    const ms = backoffMs(attempt);
    expect(ms).toBeLessThanOrEqual(most);
    expect(ms).toBeGreaterThanOrEqual(most / 2);
  }
});

test('the signature covers the time and the body', () => {
  const secret = 'a secret of the tests, at least 32 characters';
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signatureOf('{"a":1}', secret, 1_700_000_000_999))!;
  expect(t).toBe('1700000000');
  expect(v1).toBe(createHmac('sha256', secret).update('1700000000.{"a":1}').digest('hex'));
});

test.each([
  [60, 1],
  [61, 0],
])('the notification number %i of a user in a minute makes %i deliveries', async (count, deliveries) => {
  const devices = {
    settings: async () => ({ off: [], previews: false }),
    of: async () => [{ id: 'phone' }],
  };
  const planner = new Deliveries(
    devices as never,
    { of: async () => ({ connections: [] }) } as never,
    {} as never,
    { count: async () => ({ count, leftMs: 1 }) } as never,
    {} as never,
    {} as never,
    {} as Config,
  );
  const notification = { id: 'n', kind: 'message', content: {}, at: 0, expiresAt: 1 } as const;
  const user = { role: 'rider', userId: 'r' } as const;
  expect(await planner.plan({ do: 'find-devices', user, notification, expiresAt: 1 })).toHaveLength(
    deliveries,
  );
});
