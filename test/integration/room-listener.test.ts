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
let otherHub: Hub;
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
  [hub, otherHub] = [startHub(), startHub()];
  for (const node of [hub, otherHub]) {
    await eventually(() => succeeds(node.subscribed('/rider', [])));
  }
});
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
  errors = [];
});
afterAll(async () => {
  hub.close();
  otherHub.close();
  await redis.stop();
});

function listen(node = hub) {
  const received: Array<[string, unknown]> = [];
  let closed = 0;
  const listener = node.listen('/rider', {
    event: ({ event, payload }) => void received.push([event, payload]),
    closed: () => {
      closed += 1;
    },
  });
  listeners.push(listener);
  /** rooms of the listener, among those that tests join */
  const rooms = () => [ROOM, USER].filter((room) => listener.socket.rooms.has(room));
  return { listener, received, rooms, closed: () => closed };
}

const send = (node: Hub, room: string, event: string, n = 0) =>
  node.server.of('/rider').to(room).emit(event, { n });
const subscribers = async (room: string) =>
  Number(((await redis.client.call('PUBSUB', 'SHARDNUMSUB', `hexfleet#/rider#${room}#`)) as unknown[])[1]);
/** Resolves once everything that a node sent before has arrived at another. */
async function delivered(from: Hub, to: Hub) {
  const { listener, received } = listen(to);
  await listener.join(['a room for the last message']);
  send(from, 'a room for the last message', 'last');
  await expect.poll(() => received).toHaveLength(1);
  listener.close();
}

test.each([
  ['this node', () => hub],
  ['another node', () => otherHub],
])('receives each message that %s sends to its rooms once, and no other message', async (_, from) => {
  const { listener, received } = listen();
  await listener.join([ROOM, USER]);
  send(from(), OTHER_ROOM, 'no');
  from().server.of('/dispatch').to(ROOM).emit('no', {});
  from().server.of('/rider').to([ROOM, USER]).emit('both', { n: 1 });
  send(from(), ROOM, 'position', 2);
  send(from(), USER, 'trip', 3);
  await expect.poll(() => received).toHaveLength(3);
  await delivered(from(), hub);
  expect(received.map(([event, payload]) => [event, payload]).sort()).toEqual([
    ['both', { n: 1 }],
    ['position', { n: 2 }],
    ['trip', { n: 3 }],
  ]);
});

test('a listener is subscribed once `join` resolves, even over a slow Redis connection', async () => {
  const line = await startSlowProxy(redis.port, 100);
  const far = startHub(`redis://127.0.0.1:${line.port}`);
  await eventually(() => succeeds(far.subscribed('/rider', [])));
  const { listener, received } = listen(far);
  await listener.join([ROOM]);
  expect(await subscribers(ROOM)).toBe(1);
  send(otherHub, ROOM, 'hello');
  await expect.poll(() => received).toEqual([['hello', { n: 0 }]]);
  far.close();
  line.stop();
});

test.each([
  ['this node', () => hub],
  ['another node', () => otherHub],
])('leaves a room when %s makes the sockets of its user leave, and stays in others', async (_, from) => {
  const { listener, received, rooms, closed } = listen();
  const bystander = listen();
  await listener.join([ROOM, USER]);
  await bystander.listener.join([ROOM]);
  from().server.of('/rider').in(USER).socketsLeave([ROOM, OTHER_ROOM]);
  await expect.poll(rooms).toEqual([USER]);
  send(from(), ROOM, 'position');
  send(from(), USER, 'trip');
  await expect.poll(() => [received.length, bystander.received.length]).toEqual([1, 1]);
  await delivered(from(), hub);
  expect(received).toEqual([['trip', { n: 0 }]]);
  expect(closed()).toBe(0);
});

test('a listener receives nothing after leaving or closing, and the last one to leave ends the subscription', async () => {
  const [one, two] = [listen(), listen()];
  for (const { listener } of [one, two]) await listener.join([ROOM, USER]);
  one.listener.leave(ROOM);
  expect(one.rooms()).toEqual([USER]);
  two.listener.close();
  expect(two.closed()).toBe(1);
  expect(hub.server.of('/rider').sockets.size).toBe(1);
  await expect.poll(() => subscribers(ROOM)).toBe(0);
  expect(await subscribers(USER)).toBe(1);
  for (const node of [hub, otherHub]) for (const room of [ROOM, USER]) send(node, room, 'late');
  await expect.poll(() => one.received).toHaveLength(2);
  await delivered(otherHub, hub);
  expect(two.received).toEqual([]);
  one.listener.close();
  await expect.poll(() => subscribers(USER)).toBe(0);
  // A closed listener stays closed.
  one.listener.close();
  await one.listener.join([ROOM]);
  expect(await subscribers(ROOM)).toBe(0);
  expect([one.closed(), hub.server.of('/rider').sockets.size]).toEqual([1, 0]);
});

test('a listener is closed when another node disconnects its user, and appears among the sockets of its room', async () => {
  const { listener, closed } = listen();
  await listener.join([USER]);
  expect([...(await hub.server.of('/rider').adapter.sockets(new Set([USER])))]).toEqual([listener.socket.id]);
  listener.socket.emit('cars', { tick: 1, cell: '', moved: [], gone: [] });
  otherHub.server.of('/rider').in(USER).disconnectSockets(true);
  await expect.poll(closed).toBe(1);
  expect(hub.server.of('/rider').sockets.size).toBe(0);
});

test('a listener is closed when its handler throws, and other listeners of the room continue', async () => {
  const failing = hub.listen('/rider', {
    event: () => {
      throw new Error('failing');
    },
  });
  await failing.join([ROOM]);
  const { listener, received } = listen();
  await listener.join([ROOM]);
  for (const node of [hub, otherHub]) send(node, ROOM, 'position');
  await expect.poll(() => received).toHaveLength(2);
  expect(errors.map(({ message }) => message)).toEqual(['failing']);
  expect(hub.server.of('/rider').sockets.size).toBe(1);
});

test('a listener cannot join a room while Redis is unavailable', async () => {
  const alone = startHub(`redis://127.0.0.1:${await freePort()}`);
  const { listener, rooms } = listen(alone);
  await expect(listener.join([USER, ROOM])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect([...listener.socket.rooms]).toEqual([listener.socket.id]);
  expect(rooms()).toEqual([]);
  alone.close();
});

test('a listener is closed together with the server', async () => {
  const node = startHub();
  const { closed } = listen(node);
  await node.server.close();
  expect(closed()).toBe(1);
  node.close();
});
