import { setTimeout as sleep } from 'node:timers/promises';
import { Server } from 'socket.io';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Metrics } from '#ops';
import { driverRoom } from '#protocol';
import { Hub } from '#realtime';
import { connect, connected, type DriverEvent, FleetIndex, FollowLog } from '#store';
import type { CellBroadcaster } from '../../apps/processor/src/broadcast/cell-broadcaster.js';
import { DriverBroadcaster } from '../../apps/processor/src/broadcast/driver-broadcaster.js';
import { FollowedDrivers } from '../../apps/processor/src/broadcast/followed-drivers.js';
import { createBatchHandler } from '../../apps/processor/src/pipeline/batch-handler.js';
import { Processor } from '../../apps/processor/src/pipeline/processor.js';
import type { SamplingController } from '../../apps/processor/src/sampling/sampling-controller.js';
import { eventually } from '../fixtures/eventually.js';
import { startRedis } from '../fixtures/redis.js';
import { startRedisCluster } from '../fixtures/redis-cluster.js';
import { startSlowProxy } from '../fixtures/slow-proxy.js';

const START = Date.now() - 60_000;
const fixOf = (driverId: string, second: number): DriverEvent => ({
  driverId,
  receivedAt: START + second * 1_000,
  fix: { t: START + second * 1_000, lat: 40.75 + second / 10_000, lng: -73.99 },
});

const cleanups: Array<() => void> = [];
afterAll(() => {
  for (const cleanup of cleanups) cleanup();
});

async function hubOn(url: string): Promise<Hub> {
  const hub = new Hub(url, () => {});
  hub.attach(new Server({ adapter: hub.adapter }));
  for (const namespace of ['/rider', '/dispatch']) hub.server.of(namespace);
  cleanups.push(() => hub.close());
  await eventually(() =>
    hub.subscribed('/rider', []).then(
      () => true,
      () => false,
    ),
  );
  return hub;
}

async function redisOn(url: string, mode: 'commands' | 'pipelined') {
  const redis = connect(url, mode, () => {});
  cleanups.push(() => redis.disconnect());
  await connected(redis);
  return redis;
}

/** A processor with real followers. @returns a function that handles a batch to the end */
async function startProcessor(url: string) {
  const [redis, hub] = [await redisOn(url, 'pipelined'), await hubOn(url)];
  const followed = new FollowedDrivers(hub, new FollowLog(redis), redis);
  const sampling = { moved: () => {}, forget: () => {} } as unknown as SamplingController;
  const cells = { note: () => {} } as unknown as CellBroadcaster;
  const broadcaster = new DriverBroadcaster(hub, followed, sampling);
  const metrics = new Metrics('behind-writes');
  const processor = new Processor(
    new FleetIndex(redis),
    broadcaster,
    cells,
    metrics,
    1,
    Number.POSITIVE_INFINITY,
  );
  const handle = createBatchHandler(processor, (_, error) => {
    throw error;
  });
  return async (events: DriverEvent[]) => (await handle(events, false))();
}

/** A gateway whose clients follow drivers as the service does: subscribe, note it in the log, then read the snapshot. */
async function startGateway(url: string) {
  const [redis, hub] = [await redisOn(url, 'commands'), await hubOn(url)];
  const index = new FleetIndex(redis);
  return async (driverId: string) => {
    const received: number[] = [];
    const listener = hub.listen('/rider', {
      event: (message) => {
        if (message.event === 'position') received.push(message.payload.t);
      },
    });
    await listener.join([driverRoom(driverId)]);
    await new FollowLog(redis).add(driverId);
    return { snapshot: (await index.load(driverId)).record!.t, received };
  };
}

describe.each([
  ['one Redis', startRedis, 4],
  ['a Redis Cluster of three masters', startRedisCluster, 0],
] as const)('on %s', (_, start, delayMs) => {
  let store: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    store = await start();
  });
  afterAll(() => store.stop());

  test(`a write counts as executed before what is sent behind it: ${delayMs > 0 ? 'yes' : 'no'}`, async () => {
    const redis = await redisOn(store.url, 'commands');
    const index = new FleetIndex(redis);
    const handle = await startProcessor(store.url);
    await handle([fixOf('ordered', 0)]);
    const write = async () => {
      const { record } = await index.load('ordered');
      const after = { ...record!, version: record!.version + 1_000 };
      return index.applyAtOnce([{ before: record, expected: record!.version, after, track: [] }]);
    };
    // The first write to a region waits until the region is in the set.
    expect(await write()).toEqual({ conflicts: [], isOrdered: false });
    expect(await write()).toEqual({ conflicts: [], isOrdered: delayMs > 0 });
    const followed = new FollowedDrivers(await hubOn(store.url), new FollowLog(redis), redis);
    const asked = followed.roomsBehindWrites([{ driverId: 'ordered' }]);
    expect(asked !== null).toBe(delayMs > 0);
    if (asked !== null) {
      expect(followed.roomsBehindWrites([{ driverId: 'ordered' }])).toBeNull();
      expect(await asked).toEqual([]);
    }
  });

  test('who begins to follow a driver while a fix is stored gets it in the snapshot or as a push', async () => {
    const drivers = Array.from({ length: 40 }, (_, i) => `d-${i}`);
    let url = store.url;
    if (delayMs > 0) {
      const line = await startSlowProxy(Number(new URL(url).port), delayMs);
      cleanups.push(() => line.stop());
      url = `redis://127.0.0.1:${line.port}`;
    }
    const [handle, follow] = [await startProcessor(url), await startGateway(store.url)];
    await handle(drivers.map((driverId) => fixOf(driverId, 0)));
    await handle(drivers.map((driverId) => fixOf(driverId, 1)));
    const missed: string[] = [];
    let inSnapshot = 0;
    for (const [i, driverId] of drivers.entries()) {
      const handling = handle([fixOf(driverId, 2)]);
      await sleep((i % 20) * (delayMs / 5));
      const { snapshot, received } = await follow(driverId);
      await handling;
      const { t } = (fixOf(driverId, 2) as { fix: { t: number } }).fix;
      if (snapshot >= t) inSnapshot += 1;
      else
        await expect
          .poll(() => received, { interval: 5 })
          .toContain(t)
          .catch(() => missed.push(driverId));
    }
    expect(missed).toEqual([]);
    // Otherwise nobody began to follow at the right moment.
    expect(inSnapshot).toBeGreaterThan(0);
  });
});

describe('with a distant Redis', () => {
  const ONE_WAY_MS = 120;
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let line: { port: number; stop(): void };
  let handle: Awaited<ReturnType<typeof startProcessor>>;
  let follow: Awaited<ReturnType<typeof startGateway>>;
  beforeAll(async () => {
    redis = await startRedis();
    line = await startSlowProxy(redis.port, ONE_WAY_MS);
    handle = await startProcessor(`redis://127.0.0.1:${line.port}`);
    follow = await startGateway(redis.url);
  });
  afterAll(async () => {
    line.stop();
    await redis.stop();
  });

  const logReads = async () =>
    Number(/cmdstat_xrange:calls=(\d+)/.exec(await redis.client.info('commandstats'))?.[1] ?? 0);

  test('the followers are found in the round trip of the write', async () => {
    for (const second of [0, 1]) await handle([fixOf('once', second)]);
    const seen: Array<[name: string, at: number]> = [];
    const monitor = await redis.client.duplicate().monitor();
    cleanups.push(() => monitor.disconnect());
    monitor.on('monitor', (time: string, [name]: string[]) => seen.push([name!, Number(time) * 1_000]));
    await handle([fixOf('once', 2)]);
    const at = (name: string) => seen.find(([command]) => command.toLowerCase() === name)?.[1];
    await expect.poll(() => at('xrange')).toBeGreaterThanOrEqual(at('evalsha')!);
    expect(at('xrange')! - at('evalsha')!).toBeLessThan(ONE_WAY_MS);
  });

  test.each([
    ['Redis does not know the script any more', async () => void (await redis.client.script('FLUSH'))],
    [
      'the write of another driver is in conflict',
      async (other: string) => {
        const index = new FleetIndex(await redisOn(redis.url, 'commands'));
        const { record } = await index.load(other);
        const after = { ...record!, version: record!.version + 1_000 };
        await index.apply([{ before: record, expected: record!.version, after, track: [] }]);
      },
    ],
  ])('a follower is not missed when a write is sent a second time, because %s', async (why, disturb) => {
    const [driverId, other] = [`again-${why.length}`, `other-${why.length}`];
    for (const second of [0, 1]) await handle([fixOf(driverId, second), fixOf(other, second)]);
    await disturb(other);
    const before = await logReads();
    const handling = handle([fixOf(driverId, 2), fixOf(other, 2)]);
    await expect.poll(logReads, { interval: 5 }).toBeGreaterThan(before);
    // Redis has answered who follows, and gets the write again only after a round trip.
    const { snapshot, received } = await follow(driverId);
    await handling;
    const latest = START + 2_000;
    // On a busy machine the snapshot may come after the write.
    if (snapshot < latest) await expect.poll(() => received).toContain(latest);
  });
});
