import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Hub } from '#realtime';
import type { DriverEvent } from '#store';
import { unknownDriver } from '../../../../test/fixtures/records.js';
import { fold } from '../pipeline/fold.js';
import type { SamplingController } from '../sampling/sampling-controller.js';
import { DriverBroadcaster } from './driver-broadcaster.js';
import type { FollowedDrivers } from './followed-drivers.js';

const NOW = 1_800_000_000_000;
const SILENT_MS = 30_000;
beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

const fixAt = (driverId: string, secondsAgo: number): DriverEvent => ({
  driverId,
  receivedAt: NOW - secondsAgo * 1_000,
  fix: { t: NOW - secondsAgo * 1_000, lat: 40, lng: -74 },
});
/** The outcome of fixes that were received so many seconds ago. */
const outcomeOf = (driverId: string, ...secondsAgo: number[]) =>
  fold(
    unknownDriver(driverId),
    secondsAgo.map((seconds) => fixAt(driverId, seconds)),
    1,
    SILENT_MS,
    () => 0,
  );

function broadcasting() {
  const sent: Array<[string, number]> = [];
  const hub = {
    emit: (_: unknown, event: string, { driverId, t }: { driverId: string; t: number }) =>
      sent.push([`${event} ${driverId}`, (t - NOW) / 1_000]),
  } as unknown as Hub;
  const asked: string[][] = [];
  const behindWrites: string[][] = [];
  const followed = {
    roomsOf: async (drivers: Array<{ driverId: string }>) => {
      asked.push(drivers.map(({ driverId }) => driverId));
      return drivers.map((driver) => ({ driver }));
    },
    roomsBehindWrites: async (drivers: Array<{ driverId: string }>) => {
      behindWrites.push(drivers.map(({ driverId }) => driverId));
      return drivers.map((driver) => ({ driver }));
    },
  } as unknown as FollowedDrivers;
  const sampling = { moved: () => {}, forget: () => {} } as unknown as SamplingController;
  return { sent, asked, behindWrites, broadcaster: new DriverBroadcaster(hub, followed, sampling) };
}

test('each position of a current batch is sent at once', async () => {
  const { sent, broadcaster } = broadcasting();
  await broadcaster.moved([outcomeOf('a', 1, 0)], false);
  expect(sent).toEqual([
    ['position a', -1],
    ['position a', 0],
  ]);
});

test('while positions are old, each driver gets its newest one twice a second', async () => {
  const { sent, broadcaster } = broadcasting();
  await Promise.all([
    broadcaster.moved([outcomeOf('a', 60, 59), outcomeOf('b', 60)], false),
    broadcaster.moved([outcomeOf('a', 40, 39)], false),
    broadcaster.moved([outcomeOf('a', 20)], false),
  ]);
  await vi.advanceTimersByTimeAsync(499);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.toSorted()).toEqual([
    ['position a', -20],
    ['position b', -60],
  ]);
});

test('a current position does not wait for old ones of other drivers, and replaces those of its own', async () => {
  const { sent, broadcaster } = broadcasting();
  await broadcaster.moved([outcomeOf('a', 20), outcomeOf('b', 20)], false);
  await broadcaster.moved([outcomeOf('a', 0)], false);
  expect(sent).toEqual([['position a', 0]]);
  await vi.advanceTimersByTimeAsync(500);
  expect(sent).toEqual([
    ['position a', 0],
    ['position b', -20],
  ]);
});

test('a batch that reaches from a backlog to now sends no old position but the newest', async () => {
  const { sent, broadcaster } = broadcasting();
  await broadcaster.moved([outcomeOf('a', 60, 30, 1, 0), outcomeOf('b', 60, 30)], false);
  await vi.advanceTimersByTimeAsync(500);
  expect(sent).toEqual([
    ['position a', -1],
    ['position a', 0],
    ['position b', -30],
  ]);
});

test('what is old and waits is sent when the process stops', async () => {
  const { sent, broadcaster } = broadcasting();
  await broadcaster.moved([outcomeOf('a', 60)], false);
  broadcaster.onApplicationShutdown();
  expect(sent).toEqual([['position a', -60]]);
});

test('batches that wait for the followers of an earlier one are sent together, none after one in which a driver leaves', async () => {
  const { sent, asked, broadcaster } = broadcasting();
  const leaving = outcomeOf('b', 0);
  const left = { ...leaving, before: leaving.after, after: { ...leaving.after!, present: false } };
  await Promise.all([
    broadcaster.moved([outcomeOf('a', 1)], false),
    broadcaster.moved([outcomeOf('a', 0)], false),
    broadcaster.moved([left], false),
    broadcaster.moved([outcomeOf('b', 0)], false),
  ]);
  expect(asked.filter((driverIds) => driverIds.length > 0)).toEqual([['a'], ['a', 'b'], ['b'], ['b']]);
  expect(sent.map(([event]) => event)).toEqual([
    'position a',
    'position a',
    'position b',
    'gone b',
    'position b',
  ]);
});

test('followers that were found behind the writes are not looked for again, and outcomes that were not stored are not sent', async () => {
  const { sent, asked, behindWrites, broadcaster } = broadcasting();
  const outcomes = [outcomeOf('a', 1), outcomeOf('b', 1)];
  const followers = broadcaster.findFollowers(outcomes);
  const first = broadcaster.moved([outcomes[1]!], false, followers);
  // While the followers of one batch are awaited, those of the next are found when they are stored.
  expect(broadcaster.findFollowers([outcomeOf('c', 1)])).toBeNull();
  const others = [
    broadcaster.moved([outcomeOf('c', 1)], false),
    broadcaster.moved([outcomeOf('d', 1)], false),
  ];
  await Promise.all([first, ...others]);
  expect(behindWrites).toEqual([['a', 'b']]);
  expect(asked.filter((drivers) => drivers.length > 0)).toEqual([['c', 'd']]);
  expect(sent.map(([what]) => what)).toEqual(['position b', 'position c', 'position d']);
});
