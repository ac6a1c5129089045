import { ReplyError } from 'ioredis';
import { expect, test } from 'vitest';
import type { DriverEvent } from '#store';
import { isolateFailures } from './isolate-failures.js';

const T = 1_800_000_000_000;
const eventOf = (driverId: string, i: number): DriverEvent => ({
  driverId,
  receivedAt: T,
  fix: { t: T + i, lat: 40, lng: -74 },
});
const namesOf = (events: DriverEvent[]) => events.map(({ driverId }) => driverId);
const wrongType = new ReplyError('WRONGTYPE Operation against a key holding the wrong kind of value');

/** Handles all but the events of some drivers, and fails where one of them is. */
function handling(failing: string[], error: Error) {
  const handled: DriverEvent[] = [];
  const aside: DriverEvent[][] = [];
  const calls: Array<{ names: string[]; again: boolean }> = [];
  const handle = isolateFailures(
    async (events, again) => {
      calls.push({ names: namesOf(events), again });
      if (events.some(({ driverId }) => failing.includes(driverId))) throw error;
      handled.push(...events);
    },
    (events) => aside.push(events),
  );
  return { handle, handled, aside, calls };
}

test('what goes well is handled once', async () => {
  const { handle, calls, aside } = handling([], wrongType);
  await handle([eventOf('a', 1), eventOf('b', 2)], false);
  expect(calls).toEqual([{ names: ['a', 'b'], again: false }]);
  expect(aside).toEqual([]);
});

test('drivers that fail are set aside with all their events, and each other one is handled once, in order', async () => {
  const names = 'abcdefghijklm'.split('');
  const events = [...names, ...names].map(eventOf);
  const { handle, handled, aside, calls } = handling(['c', 'k'], wrongType);
  await handle(events, false);
  expect(aside.map(namesOf)).toEqual([
    ['c', 'c'],
    ['k', 'k'],
  ]);
  const good = names.filter((name) => name !== 'c' && name !== 'k');
  for (const name of good)
    expect(handled.filter(({ driverId }) => driverId === name)).toEqual(
      events.filter(({ driverId }) => driverId === name),
    );
  expect(handled).toHaveLength(2 * good.length);
  // The first attempt may have written some of it.
  expect(calls.slice(1).every(({ again }) => again)).toBe(true);
});

test('a driver whose failure passes is not quarantined', async () => {
  let attempts = 0;
  const aside: DriverEvent[][] = [];
  const handle = isolateFailures(
    async () => {
      attempts += 1;
      if (attempts < 3) throw wrongType;
    },
    (events) => aside.push(events),
  );
  await handle([eventOf('a', 1)], false);
  expect(aside).toEqual([]);
});

test('while Redis is away nothing is set aside', async () => {
  const away = new Error('Connection is closed.');
  const { handle, aside, calls } = handling(['a'], away);
  await expect(handle([eventOf('a', 1), eventOf('b', 1)], false)).rejects.toBe(away);
  expect(calls).toHaveLength(1);
  expect(aside).toEqual([]);
});
