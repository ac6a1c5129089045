import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { driverRoom, userRoom } from '#protocol';
import { Hub, type RoomListener } from '#realtime';
import { eventually } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/ports.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';
import { startSlowProxy } from '../fixtures/slow-proxy.js';

const ROOM = driverRoom('d-1');
const OTHER_ROOM = driverRoom('d-2');
const USER = userRoom('r-1');

let redis: TestRedis;
let hub: Hub;
let elsewhere: Hub;
let errors: Error[] = [];
const listeners: RoomListener[] = [];

const startHub = (url = redis.url) => {
  const started = new Hub(url, (error) => errors.push(error));
  started.attach(new Server(createServer(), { adapter: started.adapter }));
  for (const namespace of ['/rider', '/dispatch']) started.server.of(namespace);
  return started;
};

const succeeds = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  );

beforeAll(async () => {
  redis = await startRedis();
  [hub, elsewhere] = [startHub(), startHub()];
  for (const node of [hub, elsewhere]) {
    await eventually(() => succeeds(node.subscribed('/rider', [])));
  }
});
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
  errors = [];
});
afterAll(async () => {
  hub.close();
  elsewhere.close();
  await redis.stop();
});

function listen(node = hub) {
  const heard: Array<[string, unknown]> = [];
  const left: string[] = [];
  let closed = 0;
  const listener = node.listen('/rider', {
    event: (event, payload) => heard.push([event, payload]),
    left: (room) => left.push(room),
    closed: () => {
      closed += 1;
    },
  });
  listeners.push(listener);
  return { listener, heard, left, closed: () => closed };
}

const say = (node: Hub, room: string, event: string, n = 0) =>
  node.server.of('/rider').to(room).emit(event, { n });
const subscribers = async (room: string) =>
  Number(((await redis.client.call('PUBSUB', 'SHARDNUMSUB', `hexfleet#/rider#${room}#`)) as unknown[])[1]);
/** All that was said from a node before has arrived when this has. */
async function said(from: Hub, to: Hub) {
  const { listener, heard } = listen(to);
  await listener.join(['a room to hear that all is said']);
  say(from, 'a room to hear that all is said', 'said');
  await expect.poll(() => heard).toHaveLength(1);
  listener.close();
}

test.each([
  ['this node', () => hub],
  ['another node', () => elsewhere],
])('hears what %s says into its rooms, once, and nothing else', async (_, from) => {
  const { listener, heard } = listen();
  await listener.join([ROOM, USER]);
  say(from(), OTHER_ROOM, 'no');
  from().server.of('/dispatch').to(ROOM).emit('no', {});
  from().server.of('/rider').to([ROOM, USER]).emit('both', { n: 1 });
  say(from(), ROOM, 'position', 2);
  say(from(), USER, 'trip', 3);
  await expect.poll(() => heard).toHaveLength(3);
  await said(from(), hub);
  expect(heard.map(([event, payload]) => [event, payload]).sort()).toEqual([
    ['both', { n: 1 }],
    ['position', { n: 2 }],
    ['trip', { n: 3 }],
  ]);
});

test('has joined a room when it says so, however far Redis is', async () => {
  const line = await startSlowProxy(redis.port, 100);
  const far = startHub(`redis://127.0.0.1:${line.port}`);
  await eventually(() => succeeds(far.subscribed('/rider', [])));
  const { listener, heard } = listen(far);
  await listener.join([ROOM]);
  expect(await subscribers(ROOM)).toBe(1);
  say(elsewhere, ROOM, 'hello');
  await expect.poll(() => heard).toEqual([['hello', { n: 0 }]]);
  far.close();
  line.stop();
});

test.each([
  ['this node', () => hub],
  ['another node', () => elsewhere],
])('leaves a room when %s makes the sockets of its user leave, and stays in others', async (_, from) => {
  const { listener, heard, left, closed } = listen();
  const bystander = listen();
  await listener.join([ROOM, USER]);
  await bystander.listener.join([ROOM]);
  from().server.of('/rider').in(USER).socketsLeave([ROOM, OTHER_ROOM]);
  await expect.poll(() => left).toEqual([ROOM]);
  say(from(), ROOM, 'position');
  say(from(), USER, 'trip');
  await expect.poll(() => [heard.length, bystander.heard.length]).toEqual([1, 1]);
  await said(from(), hub);
  expect(heard).toEqual([['trip', { n: 0 }]]);
  expect(closed()).toBe(0);
});

test('hears nothing after it left or was closed, and the last one out ends the subscription', async () => {
  const [one, two] = [listen(), listen()];
  for (const { listener } of [one, two]) await listener.join([ROOM, USER]);
  one.listener.leave(ROOM);
  expect(one.left).toEqual([ROOM]);
  two.listener.close();
  expect(two.closed()).toBe(1);
  expect(hub.server.of('/rider').sockets.size).toBe(1);
  await expect.poll(() => subscribers(ROOM)).toBe(0);
  expect(await subscribers(USER)).toBe(1);
  for (const node of [hub, elsewhere]) for (const room of [ROOM, USER]) say(node, room, 'late');
  await expect.poll(() => one.heard).toHaveLength(2);
  await said(elsewhere, hub);
  expect(two.heard).toEqual([]);
  one.listener.close();
  await expect.poll(() => subscribers(USER)).toBe(0);
  // Closed once, it is out for good.
  one.listener.close();
  await one.listener.join([ROOM]);
  expect(await subscribers(ROOM)).toBe(0);
  expect([one.closed(), hub.server.of('/rider').sockets.size]).toEqual([1, 0]);
});

test('is closed when another node disconnects its user, and is not disturbed by what looks at sockets', async () => {
  const { listener, closed } = listen();
  await listener.join([USER]);
  expect([...(await hub.server.of('/rider').adapter.sockets(new Set([USER])))]).toEqual([listener.socket.id]);
  listener.socket.emit('to nobody', {});
  elsewhere.server.of('/rider').in(USER).disconnectSockets(true);
  await expect.poll(closed).toBe(1);
  expect(hub.server.of('/rider').sockets.size).toBe(0);
});

test('ends when its handler throws, and the others of the room go on', async () => {
  const clumsy = hub.listen('/rider', {
    event: () => {
      throw new Error('clumsy');
    },
  });
  await clumsy.join([ROOM]);
  const { listener, heard } = listen();
  await listener.join([ROOM]);
  for (const node of [hub, elsewhere]) say(node, ROOM, 'position');
  await expect.poll(() => heard).toHaveLength(2);
  expect(errors.map(({ message }) => message)).toEqual(['clumsy']);
  expect(hub.server.of('/rider').sockets.size).toBe(1);
});

test('has joined nothing when Redis is away', async () => {
  const alone = startHub(`redis://127.0.0.1:${await freePort()}`);
  const { listener, left } = listen(alone);
  await expect(listener.join([USER, ROOM])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect([...listener.socket.rooms]).toEqual([listener.socket.id]);
  expect(left).toEqual([USER, ROOM]);
  alone.close();
});

test('ends with the server', async () => {
  const node = startHub();
  const { closed } = listen(node);
  await node.server.close();
  expect(closed()).toBe(1);
  node.close();
});
