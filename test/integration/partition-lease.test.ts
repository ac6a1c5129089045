import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { progressOf } from '../../libs/store/src/fix-stream.js';
import { keys } from '../../libs/store/src/keys.js';
import { PartitionLease } from '../../libs/store/src/partition-lease.js';
import { keepPartition } from '../../libs/store/src/scripts/stream.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';

const stream = keys.fixes(0);
let redis: TestRedis;
let ids: string[];
beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(async () => {
  await redis.client.flushall();
  ids = await add(5);
});
afterAll(() => redis.stop());

async function add(count: number): Promise<string[]> {
  const added: string[] = [];
  for (let i = 0; i < count; i += 1) added.push((await redis.client.xadd(stream, '*', 'b', '[]'))!);
  return added;
}
const leaseOf = (name: string) => new PartitionLease(redis.client, 0, name);
const progress = () => progressOf(redis.client, 0);
const finishedTo = async () => (await progress()).finishedTo;
/** As when the holder was stalled for longer than its lease. */
const expire = () => redis.client.del(keys.reader(0));

test('one holder at a time has the partition, and the next one continues at its cursor', async () => {
  const [first, second] = [leaseOf('a'), leaseOf('b')];
  expect(await first.take()).toEqual({ finishedTo: '0-0', mayBeReadTo: ids[4] });
  expect(await second.take()).toBeNull();
  expect(second.isHeld).toBe(false);
  expect((await progress()).reader).toBe('a');
  first.finished(ids[2]!);
  await expect.poll(finishedTo).toBe(ids[2]);
  await first.release();
  expect(await second.take()).toMatchObject({ finishedTo: ids[2] });
});

test.each([
  ['of another name', 'b'],
  ['of the same name', 'a'],
])(
  'a stalled holder that wakes moves the cursor neither before nor after another %s continued',
  async (_, name) => {
    const stalled = leaseOf('a');
    await stalled.take();
    await expire();
    stalled.finished(ids[1]!);
    await expect.poll(() => stalled.isHeld).toBe(false);
    expect(await finishedTo()).toBe('0-0');

    await stalled.take();
    await expire();
    const next = leaseOf(name);
    expect(await next.take()).toMatchObject({ finishedTo: '0-0' });
    next.finished(ids[0]!);
    await expect.poll(finishedTo).toBe(ids[0]);
    stalled.finished(ids[3]!);
    await expect.poll(() => stalled.isHeld).toBe(false);
    expect(await progress()).toMatchObject({ finishedTo: ids[0], backlog: 4, reader: name });
    await stalled.release();
    expect(next.isHeld).toBe(true);
    expect((await progress()).reader).toBe(name);
  },
);

test('entries that came after the last lease had ended are new to the next holder, and earlier ones are not', async () => {
  const first = leaseOf('a');
  await first.take();
  await first.release();
  const end = Number(await redis.client.hget(keys.cursor(0), 'until'));
  await expect.poll(async () => Number((await redis.client.time())[0]) * 1_000).toBeGreaterThan(end);
  const [later] = await add(1);
  const taken = await leaseOf('b').take();
  expect(taken?.finishedTo).toBe('0-0');
  expect(Number.parseInt(taken!.mayBeReadTo, 10)).toBe(end);
  expect(Number.parseInt(later!, 10)).toBeGreaterThan(end);
});

test('the cursor does not pass entries that a failover put in the place of those it took back', async () => {
  const lease = leaseOf('a');
  await lease.take();
  await redis.client.xdel(stream, ids[4]!);
  lease.finished(ids[4]!);
  await expect.poll(() => lease.isHeld).toBe(false);
  expect(await progress()).toMatchObject({ finishedTo: '0-0', backlog: 4 });
  expect(await lease.take()).toMatchObject({ finishedTo: '0-0' });
});

test('the cursor never moves back', async () => {
  const lease = leaseOf('a');
  await lease.take();
  lease.finished(ids[3]!);
  await expect.poll(finishedTo).toBe(ids[3]);
  lease.finished(ids[1]!);
  const holder = (await redis.client.get(keys.reader(0)))!;
  const again = { partition: 0, holder, ttlMs: 1_000, finishedTo: ids[0]! };
  expect(await keepPartition(redis.client, again)).toBe(true);
  expect(await progress()).toMatchObject({ finishedTo: ids[3], backlog: 1 });
});

test('what an earlier version read and did not acknowledge comes once, and its group is gone', async () => {
  await redis.client.xgroup('CREATE', stream, 'processors', '0');
  await redis.client.xreadgroup('GROUP', 'processors', 'old', 'COUNT', 4, 'STREAMS', stream, '>');
  await redis.client.xack(stream, 'processors', ids[0]!, ids[2]!);
  const taken = await leaseOf('a').take();
  const next = await redis.client.xrange(stream, `(${taken!.finishedTo}`, '+');
  expect(next.map(([id]) => id)).toEqual(ids.slice(1));
  expect(taken!.mayBeReadTo).toBe(ids[4]);
  expect(await redis.client.xinfo('GROUPS', stream)).toEqual([]);
});
