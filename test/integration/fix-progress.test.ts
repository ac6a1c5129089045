import { afterAll, beforeAll, expect, test } from 'vitest';
import { GROUP, progressOf } from '../../libs/store/src/fix-stream.js';
import { keys } from '../../libs/store/src/keys.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';

const key = keys.fixes(0);
let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const add = () => redis.client.xadd(key, '*', 'b', '[]');
const read = (count: number) =>
  redis.client.xreadgroup('GROUP', GROUP, 'reader', 'COUNT', count, 'STREAMS', key, '>');
const lag = async () => {
  const [fields] = (await redis.client.xinfo('GROUPS', key)) as unknown[][];
  return fields![fields!.indexOf('lag') + 1];
};

test('a wrong lag that Redis kept after an unclean stop is neither reported nor kept', async () => {
  expect(await progressOf(redis.client, 0)).toMatchObject({ backlog: 0, oldestMs: 0 });
  await redis.client.xgroup('CREATE', key, GROUP, '0', 'MKSTREAM');
  for (let i = 0; i < 189; i += 1) await add();
  expect(await progressOf(redis.client, 0)).toMatchObject({ backlog: 189, reader: null });
  await read(189);
  expect((await progressOf(redis.client, 0)).backlog).toBe(189);
  await redis.client.xack(key, GROUP, ...(await redis.client.xrange(key, '-', '+')).map(([id]) => id));
  const last = (await redis.client.xrevrange(key, '+', '-', 'COUNT', 1))[0]![0];

  // A stop at the wrong moment leaves this behind: more entries added than the group has read.
  await redis.client.call('XSETID', key, last, 'ENTRIESADDED', 24_239, 'MAXDELETEDID', '0-0');
  expect(await lag()).toBe(24_050);
  expect(await progressOf(redis.client, 0)).toEqual({
    backlog: 0,
    oldestMs: 0,
    finishedBefore: last,
    reader: null,
  });
  expect(await lag()).toBe(0);
  for (let i = 0; i < 3; i += 1) await add();
  expect((await progressOf(redis.client, 0)).backlog).toBe(3);
});

test('a wrong lag above a long backlog is bounded by the length of the stream', async () => {
  for (let i = 0; i < 300; i += 1) await add();
  const length = await redis.client.xlen(key);
  const last = (await redis.client.xrevrange(key, '+', '-', 'COUNT', 1))[0]![0];
  await redis.client.call('XSETID', key, last, 'ENTRIESADDED', 90_000, 'MAXDELETEDID', '0-0');
  expect((await progressOf(redis.client, 0)).backlog).toBeLessThanOrEqual(length);
});

test('the oldest entry is the oldest that is not acknowledged', async () => {
  await redis.client.del(key);
  await redis.client.xgroup('CREATE', key, GROUP, '0', 'MKSTREAM');
  const old = `${Date.now() - 5_000}-0`;
  await redis.client.xadd(key, old, 'b', '[]');
  await add();
  expect((await progressOf(redis.client, 0)).oldestMs).toBeGreaterThanOrEqual(5_000);
  await read(2);
  expect((await progressOf(redis.client, 0)).oldestMs).toBeGreaterThanOrEqual(5_000);
  await redis.client.xack(key, GROUP, old);
  expect((await progressOf(redis.client, 0)).oldestMs).toBeLessThan(5_000);
});
