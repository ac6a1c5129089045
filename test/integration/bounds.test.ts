import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FixAppender, FollowLog } from '#store';
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
