import { beforeEach, describe, expect, test } from 'vitest';
import { indexCell, nearbyCell } from '#geo/cells';
import { cellRoom, driverRoom, nearbyRoom, userRoom } from '#protocol';
import type { Room } from '#realtime';
import type { DriverRecord } from '#store';
import { recordAt } from '../../../../test/fixtures/records.js';
import { SamplingController } from './sampling-controller.js';

const T = 1_800_000_000_000;
const PLACE = { lat: 40.75, lng: -73.99 };
const FAST = { intervalMs: 1_000, minDistanceM: 0 };
const MIDDLE = { intervalMs: 3_000, minDistanceM: 10 };
const SLOW = { intervalMs: 10_000, minDistanceM: 25 };

/** rooms with members */
let occupied: Set<string>;
/** driver ids that the follow log returns next */
let logged: string[];
/** number of rooms that were queried */
let queried: number;
/** settings that the last pass sent */
let sent: Array<[room: string, sampling: object]>;
let controller: SamplingController;
beforeEach(() => {
  occupied = new Set();
  logged = [];
  queried = 0;
  sent = [];
  controller = create();
});

const create = () => new SamplingController(hub, log, 30_000);
const name = ({ namespace, room }: Room) => `${namespace} ${room}`;
const hub = {
  occupied: async <R extends Room>(rooms: R[]) => {
    queried += rooms.length;
    return rooms.filter((room) => occupied.has(name(room)));
  },
  emit: ({ namespace, room }: Room, event: string, payload: object) => {
    expect([namespace, event]).toEqual(['/driver', 'sampling']);
    sent.push([room, payload]);
  },
};
const log = { read: async () => ({ driverIds: logged.splice(0), complete: true }) };

const record = (driverId: string, s: number, status: DriverRecord['status'] = 'available'): DriverRecord =>
  recordAt(driverId, T + s * 1_000, PLACE, { status });
const moved = (s: number, followed = false, status: DriverRecord['status'] = 'available') =>
  controller.moved(record('d', s, status), followed, T + s * 1_000);
const runPass = async (s: number) => {
  sent = [];
  await controller.runPass(T + s * 1_000);
  return sent.map(([, sampling]) => sampling);
};

const ridersWatch: Room[] = [cellRoom(nearbyCell(PLACE)), nearbyRoom(indexCell(PLACE))].map((room) => ({
  namespace: '/rider',
  room,
}));
const dispatchersWatch: Room[] = [{ namespace: '/dispatch', room: cellRoom(indexCell(PLACE)) }];
const watch = (rooms: Room[]) => {
  for (const room of rooms) occupied.add(name(room));
};

describe('a driver', () => {
  test('is sent its interval at its first fix, and only once', async () => {
    moved(0);
    expect(await runPass(0)).toEqual([SLOW]);
    expect(sent[0]![0]).toBe(userRoom('d'));
    moved(10);
    expect(await runPass(10)).toEqual([]);
  });

  test('is sped up by the follow log before its next fix', async () => {
    moved(0);
    await runPass(0);
    occupied.add(name({ namespace: '/rider', room: driverRoom('d') }));
    logged = ['d', 'd', 'unknown here'];
    expect(await runPass(1)).toEqual([FAST]);
  });

  test('keeps its interval when the log names it but nobody follows it any more', async () => {
    moved(0);
    await runPass(0);
    logged = ['d'];
    expect(await runPass(1)).toEqual([]);
  });

  test.each([
    ['riders', ridersWatch],
    ['dispatchers', dispatchersWatch],
  ])('is sped up when %s watch its cell', async (_, rooms) => {
    moved(0);
    await runPass(0);
    watch(rooms);
    expect(await runPass(1)).toEqual([MIDDLE]);
  });

  test('is not sped up on a trip by riders who look for a car', async () => {
    watch(ridersWatch);
    moved(0, false, 'busy');
    expect(await runPass(0)).toEqual([SLOW]);
  });

  test('is slowed down five seconds after its last watcher left, unless one comes back', async () => {
    moved(0, true);
    expect(await runPass(0)).toEqual([FAST]);
    moved(1);
    expect(await runPass(1)).toEqual([]);
    moved(5);
    expect(await runPass(5)).toEqual([]);
    moved(6, true);
    expect(await runPass(6)).toEqual([]);
    for (const s of [7, 8, 9, 10, 11]) {
      moved(s);
      expect(await runPass(s)).toEqual([]);
    }
    moved(12);
    expect(await runPass(12)).toEqual([SLOW]);
  });

  test('is not slowed down, and is forgotten, once another processor handles its fixes', async () => {
    watch(ridersWatch);
    moved(0);
    expect(await runPass(0)).toEqual([MIDDLE]);
    occupied.clear();
    for (const s of [1, 10, 20]) expect(await runPass(s)).toEqual([]);
    await runPass(31);
    const before = queried;
    await runPass(32);
    await runPass(33);
    expect(queried).toBe(before);
  });

  test('is sent its interval again when it does not keep to it, every 30 seconds at most', async () => {
    moved(0);
    await runPass(0);
    for (const s of [10, 20, 40]) moved(s);
    expect(await runPass(40)).toEqual([]);
    moved(41);
    expect(await runPass(41)).toEqual([SLOW]);
    moved(42);
    expect(await runPass(42)).toEqual([]);
  });

  test('is sent its interval again by a processor that takes over, and after it was gone', async () => {
    moved(0);
    await runPass(0);
    controller.forget('d');
    moved(1);
    expect(await runPass(1)).toEqual([SLOW]);
    controller = create();
    moved(2);
    expect(await runPass(2)).toEqual([SLOW]);
  });
});

test('a fleet is covered in twelve passes, so that it does not report all at once', async () => {
  for (let i = 0; i < 6_000; i += 1) controller.moved(record(`d-${i}`, 0), false, T);
  const rooms: string[] = [];
  for (let pass = 0; pass < 12; pass += 1) {
    expect(await runPass(0)).toHaveLength(500);
    rooms.push(...sent.map(([room]) => room));
  }
  expect(new Set(rooms).size).toBe(6_000);
  watch(dispatchersWatch);
  expect(await runPass(1)).toHaveLength(500);
});

test('each cell is queried once, however many drivers are in it, and riders only where some are near', async () => {
  for (let i = 0; i < 1_200; i += 1) controller.moved(record(`d-${i}`, 0), false, T);
  await runPass(0);
  expect(queried).toBe(2);
  watch(ridersWatch);
  await runPass(1);
  expect(queried).toBe(5);
});
