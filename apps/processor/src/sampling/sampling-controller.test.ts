import { beforeEach, describe, expect, test } from 'vitest';
import { indexCell, nearbyCell } from '#geo/cells';
import { cellRoom, driverRoom, userRoom } from '#protocol';
import type { Room } from '#realtime';
import type { DriverRecord } from '#store';
import { recordAt } from '../../../../test/fixtures/records.js';
import { SamplingController } from './sampling-controller.js';

const T = 1_800_000_000_000;
const PLACE = { lat: 40.75, lng: -73.99 };
const FAST = { intervalMs: 1_000, minDistanceM: 0 };
const MIDDLE = { intervalMs: 3_000, minDistanceM: 10 };
const SLOW = { intervalMs: 10_000, minDistanceM: 25 };

/** What the world around a sampler is made of, and what it said to the drivers. */
let occupied: Set<string>;
let named: string[];
let asked: number;
let told: Array<[room: string, sampling: object]>;
let sampler: SamplingController;
beforeEach(() => {
  occupied = new Set();
  named = [];
  asked = 0;
  told = [];
  sampler = create();
});

const create = () => new SamplingController(hub, log, 30_000);
const name = ({ namespace, room }: Room) => `${namespace} ${room}`;
const hub = {
  occupied: async <R extends Room>(rooms: R[]) => {
    asked += rooms.length;
    return rooms.filter((room) => occupied.has(name(room)));
  },
  emit: ({ namespace, room }: Room, event: string, payload: object) => {
    expect([namespace, event]).toEqual(['/driver', 'sampling']);
    told.push([room, payload]);
  },
};
const log = { read: async () => ({ driverIds: named.splice(0), complete: true }) };

const record = (driverId: string, s: number, status: DriverRecord['status'] = 'available'): DriverRecord =>
  recordAt(driverId, T + s * 1_000, PLACE, { status });
const heard = (s: number, followed = false, status: DriverRecord['status'] = 'available') =>
  sampler.heard(record('d', s, status), followed, T + s * 1_000);
const look = async (s: number) => {
  told = [];
  await sampler.look(T + s * 1_000);
  return told.map(([, sampling]) => sampling);
};

const ridersLook = { namespace: '/rider' as const, room: cellRoom(nearbyCell(PLACE)) };
const dispatchersLook = { namespace: '/dispatch' as const, room: cellRoom(indexCell(PLACE)) };

describe('a driver', () => {
  test('is told its pace when it is first heard, and only once', async () => {
    heard(0);
    expect(await look(0)).toEqual([SLOW]);
    expect(told[0]![0]).toBe(userRoom('d'));
    heard(10);
    expect(await look(10)).toEqual([]);
  });

  test('is sped up by the log of followers before its next fix', async () => {
    heard(0);
    await look(0);
    occupied.add(name({ namespace: '/rider', room: driverRoom('d') }));
    named = ['d', 'd', 'unknown here'];
    expect(await look(1)).toEqual([FAST]);
  });

  test('that the log names and nobody follows any more stays as it is', async () => {
    heard(0);
    await look(0);
    named = ['d'];
    expect(await look(1)).toEqual([]);
  });

  test.each([
    ['riders', ridersLook],
    ['dispatchers', dispatchersLook],
  ])('is sped up when %s look at its cell', async (_, room) => {
    heard(0);
    await look(0);
    occupied.add(name(room));
    expect(await look(1)).toEqual([MIDDLE]);
  });

  test('on a trip is not seen by riders who look for a car', async () => {
    occupied.add(name(ridersLook));
    heard(0, false, 'busy');
    expect(await look(0)).toEqual([SLOW]);
  });

  test('is slowed down some seconds after its last watcher left, and not when one comes back', async () => {
    heard(0, true);
    expect(await look(0)).toEqual([FAST]);
    heard(1);
    expect(await look(1)).toEqual([]);
    heard(5);
    expect(await look(5)).toEqual([]);
    heard(6, true);
    expect(await look(6)).toEqual([]);
    for (const s of [7, 8, 9, 10, 11]) {
      heard(s);
      expect(await look(s)).toEqual([]);
    }
    heard(12);
    expect(await look(12)).toEqual([SLOW]);
  });

  test('that is heard by another processor now is not slowed down from here, and is forgotten', async () => {
    occupied.add(name(ridersLook));
    heard(0);
    expect(await look(0)).toEqual([MIDDLE]);
    occupied.clear();
    for (const s of [1, 10, 20]) expect(await look(s)).toEqual([]);
    await look(31);
    const before = asked;
    await look(32);
    await look(33);
    expect(asked).toBe(before);
  });

  test('is told again when it is heard at another pace, because it connected anew, but not all the time', async () => {
    heard(0);
    await look(0);
    for (const s of [10, 20, 40]) heard(s);
    expect(await look(40)).toEqual([]);
    heard(41);
    expect(await look(41)).toEqual([SLOW]);
    heard(42);
    expect(await look(42)).toEqual([]);
  });

  test('is told anew by a processor that takes over, and after it was gone', async () => {
    heard(0);
    await look(0);
    sampler.forget('d');
    heard(1);
    expect(await look(1)).toEqual([SLOW]);
    sampler = create();
    heard(2);
    expect(await look(2)).toEqual([SLOW]);
  });
});

test('a fleet is looked at in turns, so that it is not told, and then sends, all at once', async () => {
  for (let i = 0; i < 6_000; i += 1) sampler.heard(record(`d-${i}`, 0), false, T);
  const rooms: string[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    expect(await look(0)).toHaveLength(500);
    rooms.push(...told.map(([room]) => room));
  }
  expect(new Set(rooms).size).toBe(6_000);
  occupied.add(name(dispatchersLook));
  expect(await look(1)).toHaveLength(500);
});

test('one question for each cell, however many drivers are in it', async () => {
  for (let i = 0; i < 100; i += 1) sampler.heard(record(`d-${i}`, 0), false, T);
  await look(0);
  expect(asked).toBe(2);
});
