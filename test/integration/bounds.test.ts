import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RegionAlert, SentAlert } from '#protocol';
import {
  Alerts,
  Devices,
  DriverLogs,
  FixAppender,
  FollowLog,
  PushDevices,
  RaisedAlerts,
  Trips,
} from '#store';
import { FIELD } from '../../libs/store/src/fix-stream.js';
import { keys } from '../../libs/store/src/keys.js';
import { type StoreTestBed, startOne } from './store-test-bed.js';

let testBed: StoreTestBed;
beforeAll(async () => {
  testBed = await startOne();
});
beforeEach(() => testBed.masters[0]!.flushall());
afterAll(() => testBed.stop());

const events = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    driverId: 'bounded',
    receivedAt: i,
    fix: { t: i, lat: 1, lng: 2 },
  }));
const storedEvents = async () =>
  (await testBed.masters[0]!.xrange(keys.fixes(0), '-', '+')).reduce(
    (sum, [, [, packed]]) => sum + JSON.parse(packed!).length,
    0,
  );

/** Adds entries without asking after each. */
async function fill(key: string, count: number, fields: string[]): Promise<void> {
  const pipeline = testBed.masters[0]!.pipeline();
  for (let i = 0; i < count; i += 1) pipeline.xadd(key, '*', ...fields);
  await pipeline.exec();
}

test('while Redis does not respond, 50,000 events wait, further ones are refused, and those that waited are stored', async () => {
  const appender = new FixAppender(testBed.client, { partitions: 1, maxBacklog: 1_000_000 });
  await testBed.masters[0]!.client('PAUSE', 60_000, 'WRITE');
  const waiting = Array.from({ length: 6 }, () => appender.append('bounded', events(10_000)));
  await expect(appender.append('bounded', events(1))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await testBed.masters[0]!.client('UNPAUSE');
  await Promise.all(waiting);
  await appender.append('bounded', events(1));
  expect(await storedEvents()).toBe(60_001);
});

test('while the backlog of a partition is too long, its events are refused', async () => {
  const appender = new FixAppender(testBed.client, { partitions: 1, maxBacklog: 1_000 });
  await fill(keys.fixes(0), 1_001, [FIELD, '[]']);
  await appender.measure();
  await expect(appender.append('bounded', events(1))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await testBed.masters[0]!.xtrim(keys.fixes(0), 'MAXLEN', 10);
  await appender.measure();
  await appender.append('bounded', events(1));
});

test('the follow log keeps about 10,000 entries, and a reader notices that it missed some', async () => {
  const log = new FollowLog(testBed.client);
  await log.add('first');
  expect(await log.read()).toEqual({ driverIds: ['first'], complete: false });
  await fill(keys.followed, 10_200, ['d', 'other']);
  await log.add('last');
  expect(await testBed.masters[0]!.xlen(keys.followed)).toBeLessThan(10_200);
  expect(await log.read()).toMatchObject({ complete: false });
  expect(await log.read()).toEqual({ driverIds: ['last'], complete: true });
});

test('a thousand events are raised as alerts at most, and a hundred alerts to areas are active', async () => {
  const [raised, alerts] = [new RaisedAlerts(testBed.client), new Alerts(testBed.client)];
  const expiresAt = Date.now() + 60_000;
  const payload = { kind: 'second_device' } as RegionAlert;
  const raise = (n: number) => raised.raise({ id: `${n}`, expiresAt, event: 'alert', payload }, Date.now());
  await Promise.all(Array.from({ length: 1_001 }, (_, n) => raise(n)));
  expect(await raised.raised(Date.now())).toHaveLength(1_000);
  const send = (n: number) => alerts.add({ id: `${n}`, expiresAt } as SentAlert, Date.now());
  for (let n = 0; n < 100; n += 1) expect(await send(n)).toBe(true);
  expect(await send(100)).toBe(false);
});

test('eight devices of a driver are known, and the one followed the longest ago is forgotten', async () => {
  const devices = new Devices(testBed.client);
  for (let n = 0; n < 9; n += 1) await devices.follow('bounded', `phone-${n}`, 'status');
  const known = await testBed.client.zrange(keys.devices('bounded'), '0', '-1');
  expect(known).toEqual(Array.from({ length: 8 }, (_, n) => `phone-${n + 1}`));
});

test('a thousand dispatchers are notified of an alert at most', async () => {
  const until = Date.now() + 60_000;
  const members = Array.from({ length: 1_100 }, (_, n) => [until, `d-${n}`]).flat();
  await testBed.client.zadd(keys.pushDispatchers, ...(members as [number, string]));
  expect(await new PushDevices(testBed.client).dispatchers(Date.now())).toHaveLength(1_000);
});

test('the log of a driver returns its last 500 entries, and keeps hardly more', async () => {
  const logs = new DriverLogs(testBed.client, 'gateway-1');
  const now = Date.now();
  for (let n = 0; n < 900; n += 1) logs.add('bounded', { kind: 'connected', at: now + n, deviceId: 'd' });
  const read = async () => (await logs.read('bounded', now)).map(({ at }) => at - now);
  await expect.poll(async () => (await read()).at(-1)).toBe(899);
  expect(await read()).toEqual(Array.from({ length: 500 }, (_, n) => n + 400));
  expect(await testBed.masters[0]!.xlen(keys.driverLog('bounded'))).toBeLessThan(700);
});

test('a hundred thousand trips that have ended can be looked through, the oldest go', async () => {
  const trips = new Trips(testBed.client);
  const add = async (key: string, since: number, count: number) => {
    for (let from = 0; from < count; from += 10_000) {
      const ids = Array.from({ length: Math.min(10_000, count - from) }, (_, n) => from + n);
      const some = ids.map((n) => [since + n, `t-${n}`]);
      await testBed.client.zadd(key, ...(some.flat() as [number, string]));
    }
  };
  const now = Date.now();
  await add(keys.endedTrips, now - 200_000, 100_010);
  await trips.archive({ id: 'newest', changedAt: now }, now);
  expect(await testBed.client.zcard(keys.endedTrips)).toBe(100_000);
  expect(await testBed.client.zrange(keys.endedTrips, '0', '0')).toEqual(['t-11']);
  expect(await testBed.client.zrange(keys.endedTrips, '-1', '-1')).toEqual(['newest']);
});
