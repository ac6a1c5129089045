import { EventEmitter } from 'node:events';
import { Server, type Socket } from 'socket.io';
import { expect, test } from 'vitest';
import type { Role } from '#protocol';
import { KeyedQueue } from './keyed-queue.js';
import { ALL_RIGHTS } from './token-claims.js';
import { UserLimits } from './user-limits.js';
import { WatchQueue } from './watch-queue.js';

const server = new Server();
const socketOf = (userId: string): Socket => {
  const socket = Object.assign(new EventEmitter(), {
    connected: true,
    nsp: { server },
    conn: { readyState: 'open' },
  });
  const user = { userId, role: 'rider' as Role, expiresAt: 0, session: '', ...ALL_RIGHTS };
  UserLimits.of(server).open(socket as unknown as Socket, user);
  return socket as unknown as Socket;
};
const disconnect = (socket: Socket) => Object.assign(socket, { connected: false });

/** Work that records its start and lasts until it is ended. */
function work() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const make = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
  };
  return { begun, make, end: (name: string) => ends.get(name)!() };
}
const failure = (promise: Promise<unknown>) => promise.then(String, (error) => error.code);

test('requests of a socket run one after the other, also after one that fails', async () => {
  const serial = new KeyedQueue();
  const socket = socketOf('serial');
  const { begun, make, end } = work();
  const first = serial.run(socket, make('first'));
  const failing = failure(serial.run(socket, () => Promise.reject(new Error('broken'))));
  const last = serial.run(socket, make('last'));
  await expect.poll(() => begun).toEqual(['first']);
  end('first');
  await expect.poll(() => begun).toEqual(['first', 'last']);
  end('last');
  expect(await Promise.all([first, failing, last])).toEqual(['first', undefined, 'last']);
});

test('32 requests of a socket may wait, and the next one is refused', async () => {
  const serial = new KeyedQueue();
  const socket = socketOf('many');
  const { make, end } = work();
  const running = serial.run(socket, make('running'));
  const waiting = Array.from({ length: 32 }, () => serial.run(socket, async () => 'done'));
  expect(await failure(serial.run(socket, async () => 'done'))).toBe('RATE_LIMITED');
  expect(await failure(serial.run(socketOf('many'), async () => 'done'))).toBe('done');
  end('running');
  await running;
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['done']));
});

test('requests that have not started when their socket disconnects never start', async () => {
  const serial = new KeyedQueue();
  const queue = new WatchQueue();
  const socket = socketOf('gone');
  const { begun, make, end } = work();
  const running = [serial.run(socket, make('turn')), queue.run(socket, make('watch'))];
  const waiting = [serial.run(socket, make('turn 2')), queue.run(socket, make('watch 2'))].map(failure);
  await expect.poll(() => begun).toHaveLength(2);
  disconnect(socket);
  end('turn');
  end('watch');
  await Promise.all(running);
  expect(await Promise.all(waiting)).toEqual(['SUPERSEDED', 'SUPERSEDED']);
  expect(begun).toHaveLength(2);
});

test('a socket runs one watch at a time, and only its newest watch waits', async () => {
  const queue = new WatchQueue();
  const socket = socketOf('newest');
  const { begun, make, end } = work();
  const first = queue.run(socket, make('first'));
  const superseded = [1, 2, 3].map((i) => failure(queue.run(socket, make(`superseded ${i}`))));
  const newest = queue.run(socket, make('newest'));
  expect(await Promise.all(superseded)).toEqual(['SUPERSEDED', 'SUPERSEDED', 'SUPERSEDED']);
  await expect.poll(() => begun).toEqual(['first']);
  end('first');
  await first;
  await expect.poll(() => begun).toEqual(['first', 'newest']);
  end('newest');
  expect(await newest).toBe('newest');
  const later = queue.run(socket, make('later'));
  await expect.poll(() => begun).toContain('later');
  end('later');
  await later;
});

test('of the watches of a user, three begin in one second', async () => {
  const queue = new WatchQueue();
  const socket = socketOf('eager');
  const times: number[] = [];
  for (let i = 0; i < 5; i += 1) await queue.run(socket, async () => times.push(performance.now()));
  expect(times[2]! - times[0]!).toBeLessThan(times[3]! - times[2]!);
  expect(times[3]! - times[0]!).toBeGreaterThan(900);
});

test('all users together run four watches at a time', async () => {
  const queue = new WatchQueue();
  const { begun, make, end } = work();
  const users = ['a', 'b', 'c', 'd', 'e', 'f'];
  const all = users.map((user) => queue.run(socketOf(`one of ${user}`), make(user)));
  await expect.poll(() => begun).toEqual(['a', 'b', 'c', 'd']);
  end('b');
  await expect.poll(() => begun).toEqual(['a', 'b', 'c', 'd', 'e']);
  for (const user of ['a', 'c', 'd', 'e']) end(user);
  await expect.poll(() => begun).toContain('f');
  end('f');
  expect(await Promise.all(all)).toEqual(users);
});

test('a user runs two watches at a time across all sockets, without delaying other users', async () => {
  const queue = new WatchQueue();
  const { begun, make, end } = work();
  const sockets = Array.from({ length: 10 }, () => socketOf('busy'));
  const all = sockets.map((socket, i) => failure(queue.run(socket, make(`${i}`))));
  const other = queue.run(socketOf('other'), make('other'));
  await expect.poll(() => begun.toSorted()).toEqual(['0', '1', 'other']);
  end('0');
  await expect.poll(() => begun).toContain('2');
  expect(begun).not.toContain('3');
  // Watches of disconnected sockets never run.
  for (const socket of sockets) disconnect(socket);
  for (const name of ['1', '2', 'other']) end(name);
  await other;
  expect(await Promise.all(all)).toEqual(['0', '1', '2', ...Array(7).fill('SUPERSEDED')]);
});
