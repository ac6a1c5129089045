import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  MAX_JOB_BYTES,
  MAX_QUEUED_NOTIFICATIONS,
  NotificationQueue,
  PushDevices,
  type QueuedJob,
  VapidKeys,
} from '#store';
import { keys } from '../../libs/store/src/keys.js';
import { type StoreTestBed, startCluster, startOne } from './store-test-bed.js';

const NOW = 1_800_000_000_000;
const MINUTE_MS = 60_000;

type Job = QueuedJob & { text: string };

describe.each([
  ['one Redis', startOne],
  ['a Redis Cluster of three masters', startCluster],
] as const)('on %s', (_, start) => {
  let testBed: StoreTestBed;
  let devices: PushDevices;
  let queue: NotificationQueue<Job>;
  beforeAll(async () => {
    testBed = await start();
    devices = new PushDevices(testBed.client);
    queue = new NotificationQueue(testBed.client);
  });
  afterAll(() => testBed.stop());

  const device = (id: string, endpoint = `https://push.example/${id}`) => ({
    id,
    endpoint,
    keys: { p256dh: 'p', auth: 'a' },
    fleet: null,
    regions: null,
  });
  const idsOf = async (userId: string, now = NOW) =>
    (await devices.of({ role: 'rider', userId }, now)).map(({ id }) => id).toSorted();

  test('a user has ten devices at most, and the one that was renewed the longest ago makes room', async () => {
    const user = { role: 'rider', userId: 'nt-many' } as const;
    for (let i = 0; i < 10; i += 1) await devices.put(user, device(`d${i}`), null, NOW + i);
    await devices.put(user, device('d0'), null, NOW + 20);
    await devices.put(user, device('new'), null, NOW + 21);
    expect(await idsOf('nt-many')).toEqual(['d0', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8', 'd9', 'new']);
  });

  test('a subscription ends when its push service says so, and after sixty days at the latest', async () => {
    const user = { role: 'rider', userId: 'nt-ends' } as const;
    await devices.put(user, device('e1'), NOW + MINUTE_MS, NOW);
    await devices.put(user, device('e2'), null, NOW);
    expect(await idsOf('nt-ends', NOW + MINUTE_MS)).toEqual(['e2']);
    expect(await idsOf('nt-ends', NOW + 60 * 86_400_000)).toEqual([]);
  });

  test('a browser in which another user signs in belongs to that user alone', async () => {
    const endpoint = 'https://push.example/shared';
    await devices.put({ role: 'rider', userId: 'nt-first' }, device('b', endpoint), null, NOW);
    await devices.put({ role: 'rider', userId: 'nt-second' }, device('b', endpoint), null, NOW);
    expect(await idsOf('nt-first')).toEqual([]);
    expect(await idsOf('nt-second')).toEqual(['b']);
    // The first one’s page, still open, must not remove the other’s.
    await devices.remove({ role: 'rider', userId: 'nt-first' }, 'b');
    expect(await idsOf('nt-second')).toEqual(['b']);
  });

  test('a rejected endpoint is removed only while the device has it', async () => {
    const user = { role: 'rider', userId: 'nt-gone' } as const;
    await devices.put(user, device('g', 'https://push.example/new'), null, NOW);
    await devices.remove(user, 'g', 'https://push.example/old');
    expect(await idsOf('nt-gone')).toEqual(['g']);
    await devices.remove(user, 'g', 'https://push.example/new');
    expect(await idsOf('nt-gone')).toEqual([]);
  });

  test('settings and devices of a user are exported without secrets, and erased in every role', async () => {
    const userId = 'nt-erased';
    await devices.put({ role: 'rider', userId }, { ...device('x1'), language: 'es' }, null, NOW);
    await devices.put({ role: 'dispatcher', userId }, device('x2'), null, NOW);
    await devices.setSettings({ role: 'driver', userId }, { off: ['offer'], previews: true });
    const exported = await devices.export(userId);
    expect(exported.map(({ role }) => role).toSorted()).toEqual(['dispatcher', 'driver', 'rider']);
    expect(JSON.stringify(exported)).not.toContain('p256dh');
    expect(exported.find(({ role }) => role === 'rider')?.devices).toMatchObject([
      { id: 'x1', language: 'es' },
    ]);
    expect(await devices.dispatchers(NOW)).toContain(userId);
    await devices.erase(userId);
    expect(await devices.export(userId)).toEqual([]);
    expect(await devices.dispatchers(NOW)).not.toContain(userId);
    expect(await testBed.client.exists(keys.pushDevices({ role: 'rider', userId }))).toBe(0);
  });

  test('a job is taken by one gateway, and again by another when that one was killed', async () => {
    const job: Job = { text: 'hello', expiresAt: NOW + MINUTE_MS };
    expect(await queue.add('q1', job, NOW)).toBe('ADDED');
    expect(await queue.add('q1', job, NOW)).toBe('KNOWN');
    expect(await queue.take(NOW, NOW + 30_000, 10)).toEqual([{ id: 'q1', job }]);
    expect(await queue.take(NOW + 1, NOW + 30_001, 10)).toEqual([]);
    expect(await queue.take(NOW + 30_000, NOW + 60_000, 10)).toEqual([{ id: 'q1', job }]);
    expect(await queue.remove('q1')).toBe(true);
    expect(await queue.remove('q1')).toBe(false);
    expect(await queue.add('q1', job, NOW + 1)).toBe('KNOWN');
    expect(await queue.count()).toBe(0);
  });

  test('a job that failed is due again later', async () => {
    const job: Job = { text: 'again', expiresAt: NOW + MINUTE_MS };
    await queue.add('q2', job, NOW);
    await queue.take(NOW, NOW + 30_000, 10);
    await queue.again('q2', { ...job, text: 'second' }, NOW + 1_000);
    expect(await queue.take(NOW + 999, NOW + 30_000, 10)).toEqual([]);
    expect((await queue.take(NOW + 1_000, NOW + 30_000, 10))[0]!.job.text).toBe('second');
    expect(await queue.remove('q2')).toBe(true);
    expect(await queue.count()).toBe(0);
  });

  test('a job that is too large is dropped', async () => {
    const job: Job = { text: 'x'.repeat(MAX_JOB_BYTES), expiresAt: NOW };
    expect(await queue.add('q3', job, NOW)).toBe('FULL');
  });

  test('a queue that is full takes no more jobs', async () => {
    const { due } = keys.notifications;
    const members = Array.from({ length: MAX_QUEUED_NOTIFICATIONS }, (_, i) => [
      NOW + MINUTE_MS,
      `full-${i}`,
    ]);
    await testBed.client.zadd(due, ...members.flat());
    expect(await queue.add('q4', { text: 'late', expiresAt: NOW + MINUTE_MS }, NOW)).toBe('FULL');
    await testBed.client.del(due);
    expect(await queue.add('q4', { text: 'late', expiresAt: NOW + MINUTE_MS }, NOW)).toBe('ADDED');
    await queue.remove('q4');
  });

  test('gateways that start at the same time agree on one key pair', async () => {
    let created = 0;
    const create = () => {
      created += 1;
      return { publicKey: `public ${created}`, privateKey: `private ${created}` };
    };
    const pairs = await Promise.all([1, 2, 3].map(() => new VapidKeys(testBed.client).agree(create)));
    expect(new Set(pairs.map(({ publicKey }) => publicKey)).size).toBe(1);
    expect(await new VapidKeys(testBed.client).agree(create)).toEqual(pairs[0]);
  });
});
