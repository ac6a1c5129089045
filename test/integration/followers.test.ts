import { Server } from 'socket.io';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { driverRoom } from '#protocol';
import { Hub } from '#realtime';
import { connect, FollowLog, type RedisClient } from '#store';
import { FollowedDrivers } from '../../apps/processor/src/broadcast/followed-drivers.js';
import { keys } from '../../libs/store/src/keys.js';
import { eventually } from '../fixtures/eventually.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';
import { startSlowProxy } from '../fixtures/slow-proxy.js';

let redis: TestRedis;
let client: RedisClient;
let gateway: Hub;
let processor: Hub;
beforeAll(async () => {
  redis = await startRedis();
  client = connect(redis.url, 'commands', () => {});
  gateway = new Hub(redis.url, () => {});
  gateway.attach(new Server({ adapter: gateway.adapter }));
  processor = new Hub(redis.url, () => {});
  const reached = () =>
    Promise.all([client.ping(), gateway.subscribed('/rider', []), processor.occupied([room('x')])]);
  await eventually(() =>
    reached().then(
      () => true,
      () => false,
    ),
  );
});
afterAll(async () => {
  gateway.close();
  processor.close();
  client.disconnect();
  await redis.stop();
});

const room = (driverId: string) => ({ namespace: '/rider' as const, room: driverRoom(driverId) });

async function follow(driverId: string): Promise<void> {
  gateway.server.of('/rider').adapter.addAll(`socket-of-${driverId}`, new Set([driverRoom(driverId)]));
  await gateway.subscribed('/rider', [driverRoom(driverId)]);
  await new FollowLog(client).add(driverId);
}

const found = async (followedDrivers: FollowedDrivers, driverIds: string[]) =>
  (await followedDrivers.roomsOf(driverIds.map((driverId) => ({ driverId })))).map(
    ({ driver }) => driver.driverId,
  );

/** Number of queries for occupied rooms that Redis has answered. */
async function queryCount(): Promise<number> {
  const stats = await client.info('commandstats');
  return Number(/cmdstat_pubsub\|shardnumsub:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

test('a new follower is found immediately, without querying Redis again for drivers without followers', async () => {
  const followed = new FollowedDrivers(processor, new FollowLog(client), client);
  const drivers = Array.from({ length: 50 }, (_, i) => `d-${i}`);
  expect(await found(followed, drivers)).toEqual([]);
  const before = await queryCount();
  expect(await found(followed, drivers)).toEqual([]);
  expect(await queryCount()).toBe(before);
  for (const driverId of drivers) {
    await follow(driverId);
    expect(await found(followed, [driverId, 'nobody'])).toEqual([driverId]);
  }
  expect((await found(followed, drivers)).sort()).toEqual([...drivers].sort());
});

test('followers are found after the change log is trimmed or lost', async () => {
  const followed = new FollowedDrivers(processor, new FollowLog(client), client);
  await follow('first');
  expect(await found(followed, ['cut', 'lost'])).toEqual([]);
  await follow('cut');
  // The new entry is trimmed before it is read.
  await client.xtrim(keys.followed, 'MAXLEN', 0);
  await new FollowLog(client).add('another');
  expect(await found(followed, ['cut'])).toEqual(['cut']);
  await follow('lost');
  await client.del(keys.followed);
  expect(await found(followed, ['lost'])).toEqual(['lost']);
});

test('a follower whose subscription was interrupted is found as soon as it resubscribes', async () => {
  const followed = new FollowedDrivers(processor, new FollowLog(client), client);
  await follow('cut-off');
  expect(await found(followed, ['cut-off'])).toEqual(['cut-off']);
  const { adapter } = gateway.server.of('/rider');
  adapter.delAll('socket-of-cut-off');
  await expect.poll(() => found(followed, ['cut-off'])).toEqual([]);
  adapter.addAll('socket-of-cut-off', new Set([driverRoom('cut-off')]));
  await gateway.subscribed('/rider', [driverRoom('cut-off')]);
  expect(await found(followed, ['cut-off'])).toEqual(['cut-off']);
});

test('a late reply from before a driver was followed does not override the change log', async () => {
  const line = await startSlowProxy(redis.port, 250);
  const far = new Hub(`redis://127.0.0.1:${line.port}`, () => {});
  await eventually(() =>
    far.occupied([room('x')]).then(
      () => true,
      () => false,
    ),
  );
  const followed = new FollowedDrivers(far, new FollowLog(client), client);
  // The log has entries and was read, so it counts as complete from here on.
  await follow('earlier');
  await found(followed, ['nobody']);
  const before = await queryCount();
  const first = found(followed, ['racing']);
  await eventually(async () => (await queryCount()) > before);
  // Redis has replied that nobody follows, and the reply is still in transit.
  await follow('racing');
  // The newest entry of the log is read twice, which would hide the error.
  await follow('later');
  const second = found(followed, ['racing']);
  expect(await first).toEqual([]);
  expect(await second).toEqual(['racing']);
  expect(await found(followed, ['racing'])).toEqual(['racing']);
  far.close();
  line.stop();
});
