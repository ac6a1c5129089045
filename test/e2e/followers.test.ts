import { Server } from 'socket.io';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { driverRoom } from '#protocol';
import { Hub } from '#realtime';
import { connect, FollowLog, type RedisClient } from '#store';
import { Followers } from '../../apps/processor/src/followers.js';
import { eventually } from '../support/eventually.js';
import { startRedis, type TestRedis } from '../support/redis.js';

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

const found = async (followers: Followers, driverIds: string[]) =>
  (await followers.roomsOf(driverIds.map((driverId) => ({ driverId })))).map(({ driver }) => driver.driverId);

/** How many rooms Redis was asked for, by the calls that carry one at least. */
async function questions(): Promise<number> {
  const stats = await client.info('commandstats');
  return Number(/cmdstat_pubsub\|shardnumsub:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

test('who begins to follow is found at once, although nobody is asked again for drivers without followers', async () => {
  const followers = new Followers(processor, new FollowLog(client));
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
  const followers = new Followers(processor, new FollowLog(client));
  await follow('first');
  expect(await found(followers, ['cut', 'lost'])).toEqual([]);
  await follow('cut');
  // What was added is trimmed away before it is read.
  await client.xtrim('followed', 'MAXLEN', 0);
  await new FollowLog(client).add('another');
  expect(await found(followers, ['cut'])).toEqual(['cut']);
  await follow('lost');
  await client.del('followed');
  expect(await found(followers, ['lost'])).toEqual(['lost']);
});

test('questions that are asked at the same time do not undo what the log said', async () => {
  const followers = new Followers(processor, new FollowLog(client));
  for (let round = 0; round < 30; round += 1) {
    const driverId = `racing-${round}`;
    const asking = Array.from({ length: 5 }, () => found(followers, [driverId]));
    await follow(driverId);
    await Promise.all(asking);
    expect(await found(followers, [driverId])).toEqual([driverId]);
  }
});
