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

/** How often Redis was asked for the occupied ones of some rooms. */
async function questions(): Promise<number> {
  const stats = await client.info('commandstats');
  return Number(/cmdstat_pubsub\|shardnumsub:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

test('who begins to follow is found at once, although nobody is asked again for drivers without followers', async () => {
  const followers = new FollowedDrivers(processor, new FollowLog(client));
  const drivers = Array.from({ length: 50 }, (_, i) => `d-${i}`);
  expect(await found(followers, drivers)).toEqual([]);
  const before = await questions();
  expect(await found(followers, drivers)).toEqual([]);
  expect(await questions()).toBe(before);
  for (const driverId of drivers) {
    await follow(driverId);
    expect(await found(followers, [driverId, 'nobody'])).toEqual([driverId]);
  }
  expect((await found(followers, drivers)).sort()).toEqual([...drivers].sort());
});

test('a log that was cut, or lost, is no longer relied on', async () => {
  const followers = new FollowedDrivers(processor, new FollowLog(client));
  await follow('first');
  expect(await found(followers, ['cut', 'lost'])).toEqual([]);
  await follow('cut');
  // What was added is trimmed away before it is read.
  await client.xtrim(keys.followed, 'MAXLEN', 0);
  await new FollowLog(client).add('another');
  expect(await found(followers, ['cut'])).toEqual(['cut']);
  await follow('lost');
  await client.del(keys.followed);
  expect(await found(followers, ['lost'])).toEqual(['lost']);
});

test('a follower whose subscription was cut is found as soon as that is back', async () => {
  const followers = new FollowedDrivers(processor, new FollowLog(client));
  await follow('cut-off');
  expect(await found(followers, ['cut-off'])).toEqual(['cut-off']);
  const { adapter } = gateway.server.of('/rider');
  adapter.delAll('socket-of-cut-off');
  await expect.poll(() => found(followers, ['cut-off'])).toEqual([]);
  adapter.addAll('socket-of-cut-off', new Set([driverRoom('cut-off')]));
  await gateway.subscribed('/rider', [driverRoom('cut-off')]);
  expect(await found(followers, ['cut-off'])).toEqual(['cut-off']);
});

test('an answer of before somebody followed does not undo what the log said meanwhile', async () => {
  const line = await startSlowProxy(redis.port, 250);
  const far = new Hub(`redis://127.0.0.1:${line.port}`, () => {});
  await eventually(() =>
    far.occupied([room('x')]).then(
      () => true,
      () => false,
    ),
  );
  const followers = new FollowedDrivers(far, new FollowLog(client));
  // The log is not empty and was read, so that it is relied on from here.
  await follow('earlier');
  await found(followers, ['nobody']);
  const before = await questions();
  const first = found(followers, ['racing']);
  await eventually(async () => (await questions()) > before);
  // Redis has answered "nobody", and the answer is on its way.
  await follow('racing');
  // The newest entry of the log is read twice, which would mend it.
  await follow('later');
  const second = found(followers, ['racing']);
  expect(await first).toEqual([]);
  expect(await second).toEqual(['racing']);
  expect(await found(followers, ['racing'])).toEqual(['racing']);
  far.close();
  line.stop();
});
