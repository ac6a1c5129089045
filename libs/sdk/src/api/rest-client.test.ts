import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Api } from './api.js';
import { DriverApi } from './driver-api.js';
import { RiderApi } from './rider-api.js';

type Sent = { line: string; key: string | undefined; body: unknown };

let sent: Sent[];
let answers: Array<() => Response>;
beforeEach(() => {
  sent = [];
  answers = [];
  vi.stubGlobal('fetch', async (url: string, { method, headers, body }: RequestInit) => {
    const { 'idempotency-key': key } = headers as Record<string, string>;
    sent.push({
      line: `${method} ${url}`,
      key,
      body: body === undefined ? undefined : JSON.parse(`${body}`),
    });
    return answers.shift()?.() ?? Response.json({});
  });
});
afterEach(() => vi.unstubAllGlobals());

const options = { token: 'token', backoff: { baseMs: 1, ceilingMs: 2 } };

test('ids are encoded in paths, and values without a meaning are left out of queries', async () => {
  const api = new Api(options);
  await api.track('a/b?', { from: 5 });
  await api.fleetHistory([1, 2, 3, 4], { from: 9 });
  await api.audit();
  await new RiderApi(options).revokeShares('trip 1', 'secret/1');
  expect(sent.map(({ line }) => line)).toEqual([
    'GET /api/drivers/a%2Fb%3F/track?from=5',
    'GET /api/fleet/history?bbox=1%2C2%2C3%2C4&from=9',
    'GET /api/audit?',
    'DELETE /api/trips/trip%201/share/secret%2F1',
  ]);
});

test('a change is retried under one key while the service is away; anything else is sent once', async () => {
  const away = () => Response.json({ code: 'UNAVAILABLE', message: '', retry: true }, { status: 503 });
  answers = [away, away];
  await new DriverApi(options).acceptOffer('t');
  expect(sent.map(({ line }) => line)).toEqual(Array(3).fill('PATCH /api/trips/t'));
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
  expect(sent[0]!.body).toEqual({ state: 'accepted' });
  answers = [away];
  await expect(new DriverApi(options).trip('t')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(sent).toHaveLength(4);
});

test('a change that is refused for good is sent once', async () => {
  answers = [() => Response.json({ code: 'OFFER_OVER', message: '', retry: false }, { status: 410 })];
  await expect(new DriverApi(options).acceptOffer('t')).rejects.toMatchObject({ code: 'OFFER_OVER' });
  expect(sent).toHaveLength(1);
});
