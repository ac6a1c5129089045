import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { progressOf } from '../../libs/store/src/fix-stream.js';
import { keys } from '../../libs/store/src/keys.js';
import { PartitionLease } from '../../libs/store/src/partition-lease.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';

const key = keys.fixes(0);
/** Consumer group of earlier versions. */
const GROUP = 'processors';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(() => redis.client.flushall());
afterAll(() => redis.stop());

async function add(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.push((await redis.client.xadd(key, '*', 'b', '[]'))!);
  return ids;
}
const progress = () => progressOf(redis.client, 0);
const backlog = async () => (await progress()).backlog;

async function finishTo(entryId: string): Promise<void> {
  const lease = new PartitionLease(redis.client, 0, 'reader');
  await lease.take();
  lease.finished(entryId);
  await lease.release();
}

test.each([50, 300])(
  'of %i entries, exactly those after the cursor count, whatever Redis says',
  async (count) => {
    expect(await progress()).toEqual({ backlog: 0, oldestMs: 0, finishedTo: '0-0', reader: null });
    const ids = await add(count);
    expect(await backlog()).toBe(count);
    await finishTo(ids[39]!);
    // A stop at the wrong moment leaves this behind: more entries added than anybody has read.
    await redis.client.call('XSETID', key, ids.at(-1)!, 'ENTRIESADDED', 24_239, 'MAXDELETEDID', ids[39]!);
    expect(await progress()).toMatchObject({ backlog: count - 40, finishedTo: ids[39] });
    expect(await redis.client.xlen(key)).toBe(count - 40);
    await finishTo(ids.at(-1)!);
    expect(await progress()).toEqual({ backlog: 0, oldestMs: 0, finishedTo: ids.at(-1), reader: null });
    await add(3);
    expect(await backlog()).toBe(3);
  },
);

test('of what an earlier version read, the acknowledged entries do not count, and the others do', async () => {
  const ids = await add(300);
  await redis.client.xgroup('CREATE', key, GROUP, '0');
  expect(await backlog()).toBe(300);
  await redis.client.xreadgroup('GROUP', GROUP, 'old', 'COUNT', 250, 'STREAMS', key, '>');
  await redis.client.xack(key, GROUP, ...ids.slice(0, 240));
  expect(await progress()).toMatchObject({ backlog: 60, finishedTo: expect.any(String) });
  await redis.client.xack(key, GROUP, ...ids.slice(240, 250));
  expect(await progress()).toMatchObject({ backlog: 50, finishedTo: ids[249] });
});

test('the age is that of the oldest entry that is not finished', async () => {
  const old = `${Date.now() - 5_000}-0`;
  await redis.client.xadd(key, old, 'b', '[]');
  await add(1);
  expect((await progress()).oldestMs).toBeGreaterThanOrEqual(5_000);
  await finishTo(old);
  expect((await progress()).oldestMs).toBeLessThan(5_000);
});

test('the cursor of a stream that was lost does not hide the entries of the next one', async () => {
  const [id] = await add(1);
  await finishTo(id!);
  await redis.client.del(key);
  expect(await backlog()).toBe(0);
  await redis.client.xadd(key, '5-0', 'b', '[]');
  expect(await progress()).toMatchObject({ backlog: 1, finishedTo: '0-0' });
});
