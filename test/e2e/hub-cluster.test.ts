import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { createInterface } from 'node:readline';
import { Cluster, type Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coverBbox, indexCell } from '#geo/cells';
import { type Bbox, cellRoom, userRoom } from '#protocol';
import { connect } from '#store';
import { sharingSubscriptions } from '../../libs/realtime/src/subscriptions.js';
import { ask, connectStock, drive, pushes, type StockClient } from '../fixtures/clients.js';
import {
  beginSlotMove,
  ownerOf,
  promote,
  startRedisCluster,
  type TestCluster,
} from '../fixtures/redis-cluster.js';
import { type System, startSystem } from '../fixtures/system.js';

describe('a single cluster client', () => {
  let cluster: TestCluster;
  let client: Cluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
    client = sharingSubscriptions(
      connect(cluster.url, 'waiting', () => {}),
      () => {},
    ) as Cluster;
  });
  afterAll(async () => {
    client.disconnect();
    await cluster.stop();
  });

  /** The channels that ioredis subscribes to again after a failover. */
  const subscribed = (): string[] =>
    [
      ...(
        client as unknown as { shardedSubscribers: { channels: Map<number, string[]> } }
      ).shardedSubscribers.channels.values(),
    ].flat();

  test('has each room once after 2,000 subscriptions, and no unsubscribed room', async () => {
    await expect.poll(() => client.status).toBe('ready');
    const rooms = Array.from({ length: 20 }, (_, i) => `room-${i}`);
    for (let i = 0; i < 2_000; i += 1) await Promise.all(rooms.map((room) => client.ssubscribe(room)));
    expect(subscribed().toSorted()).toEqual(rooms.toSorted());
    const received: string[] = [];
    client.on('smessage', (channel: string) => received.push(channel));
    await client.sunsubscribe('room-0');
    const publisher = connect(cluster.url, 'waiting', () => {});
    await expect.poll(() => publisher.status).toBe('ready');
    for (const room of rooms) await publisher.spublish(room, 'x');
    await expect.poll(() => received.toSorted()).toEqual(rooms.slice(1).toSorted());
    publisher.disconnect();
    expect(subscribed()).not.toContain('room-0');
    await client.ssubscribe('room-0');
    expect(subscribed().toSorted()).toEqual(rooms.toSorted());
  });
});

describe('gateways on a cluster with replicas', () => {
  const USERS = 100;
  const VIEWPORTS = 20;
  const CITY = { lat: 40.75, lng: -73.99 };
  const here: Bbox = [CITY.lng - 0.1, CITY.lat - 0.1, CITY.lng + 0.1, CITY.lat + 0.1];
  const east: Bbox = [here[0] + 0.1, here[1], here[2] + 0.1, here[3]];
  const ids = Array.from({ length: USERS }, (_, i) => i);

  let cluster: TestCluster;
  let system: System;
  beforeAll(async () => {
    cluster = await startRedisCluster({ replicasEach: 1 });
    system = await startSystem({ redisUrl: cluster.url });
  });
  afterAll(async () => {
    await system.stop();
    await cluster.stop();
  });

  const connectAll = (role: 'rider' | 'dispatcher') =>
    Promise.all(
      ids.map(async (i) => {
        const namespace = role === 'rider' ? '/rider' : '/dispatch';
        const token = await system.token(role, `${role}-${i}`);
        return connectStock(system.gateways[i % 2]!.url, namespace, token);
      }),
    );

  /** Channels of rooms that any gateway subscribes to, from Redis itself. */
  const subscribedRooms = async (masters: Redis[]): Promise<string[]> => {
    const replies = await Promise.all(masters.map((master) => master.call('PUBSUB', 'SHARDCHANNELS')));
    return [...new Set((replies as string[][]).flat())].filter(isRoom).toSorted();
  };
  /** Channels without a room carry messages between all nodes. */
  const isRoom = (channel: string) => /#(cell|user|region|driver|trip):/.test(channel);

  test('only current rooms remain after 2,000 viewport changes and 200 feed:resume requests, and pushes survive a failover and a slot migration', async () => {
    const [riders, dispatchers] = [await connectAll('rider'), await connectAll('dispatcher')];
    await Promise.all(
      dispatchers.map(async (dispatcher) => {
        for (let i = 1; i <= VIEWPORTS; i += 1) {
          const bbox = i % 2 === 0 ? here : east;
          expect(await ask(dispatcher, 'fleet:watch', { bbox, zoom: 12 })).toMatchObject({ ok: true });
        }
      }),
    );
    for (let i = 0; i < 2; i += 1)
      await Promise.all(
        riders.map(async (rider) =>
          expect(await ask(rider, 'feed:resume', { after: null })).toMatchObject({ ok: true }),
        ),
      );
    // Half of the riders leave, and with them their rooms.
    for (const i of ids) if (i >= USERS / 2) riders[i]!.socket.disconnect();
    const current = [
      ...coverBbox(here)!.map((cell) => `hexfleet#/dispatch#${cellRoom(cell)}#`),
      ...ids.map((i) => `hexfleet#/dispatch#${userRoom(`dispatcher-${i}`)}#`),
      ...ids.slice(0, USERS / 2).map((i) => `hexfleet#/rider#${userRoom(`rider-${i}`)}#`),
    ].toSorted();
    await expect.poll(() => subscribedRooms(cluster.clients)).toEqual(current);

    // The room with the pushes of this test, and the master that owns its slot.
    const room = `hexfleet#/dispatch#${cellRoom(indexCell(CITY))}#`;
    const owner = await ownerOf(room, cluster.clients);
    const promoted = cluster.replicas[owner]!;
    const masters = cluster.clients.with(owner, promoted);
    await expectPushes(dispatchers, 'before');
    await expect.poll(() => subscribedRooms(cluster.clients)).toEqual(current);
    const commands = await watchSubscriptions([...cluster.clients, promoted]);
    await promote(promoted);
    await expect.poll(() => subscribedRooms(masters)).toEqual(current);
    // After a failover each gateway resubscribes to all channels that it had.
    await expect.poll(() => [...new Set(commands.seen.flat())].filter(isRoom).toSorted()).toEqual(current);
    for (const channels of commands.seen) expect(channels).toEqual([...new Set(channels)]);
    commands.stop();
    await expectPushes(dispatchers, 'after-failover');

    await (await beginSlotMove(masters, room)).finish();
    expect(await ownerOf(room, masters)).not.toBe(owner);
    await expect.poll(() => subscribedRooms(masters)).toEqual(current);
    await expectPushes(dispatchers, 'after-move');
  });

  /** Drives a new car within the viewport until every dispatcher got its position. */
  async function expectPushes(dispatchers: StockClient[], driverId: string): Promise<void> {
    const token = await system.token('driver', driverId);
    const driver = await connectStock(system.gateways[0]!.url, '/driver', token);
    await expect
      .poll(
        async () => {
          await ask(driver, 'fixes', drive(1, CITY));
          return dispatchers.filter((dispatcher) =>
            pushes(dispatcher, 'fleet').some(({ moved }) => moved.some(({ id }) => id === driverId)),
          ).length;
        },
        { timeout: 15_000 },
      )
      .toBe(dispatchers.length);
    driver.socket.disconnect();
  }

  /** Records the channels of each SSUBSCRIBE that these nodes run (https://redis.io/commands/monitor). */
  async function watchSubscriptions(nodes: Redis[]) {
    const seen: string[][] = [];
    // Not `monitor()` of ioredis: it takes commands that arrive together with the reply for other replies.
    const sockets = await Promise.all(
      nodes.map(async ({ options }) => {
        const socket = connectTcp(options.port!, '127.0.0.1');
        const lines = createInterface({ input: socket });
        const started = once(lines, 'line');
        socket.write('MONITOR\r\n');
        await started;
        lines.on('line', (line) => {
          const [command, ...channels] = Array.from(line.matchAll(/"([^"]*)"/g), ([, word]) => word!);
          if (command?.toLowerCase() === 'ssubscribe') seen.push(channels);
        });
        return socket;
      }),
    );
    return {
      seen,
      stop: () => {
        for (const socket of sockets) socket.destroy();
      },
    };
  }
});
