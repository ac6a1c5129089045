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

/** A handler that fails for each batch with an event of one of the drivers in `failing`. */
function handling(failing: string[], error: Error) {
  const handled: DriverEvent[] = [];
  const quarantined: DriverEvent[][] = [];
  const calls: Array<{ names: string[]; redelivered: boolean }> = [];
  const handle = isolateFailures(
    async (events: DriverEvent[], redelivered) => {
      calls.push({ names: namesOf(events), redelivered });
      if (events.some(({ driverId }) => failing.includes(driverId))) throw error;
      handled.push(...events);
    },
    (events) => quarantined.push(events),
  );
  return { handle, handled, quarantined, calls };
}

test('events that succeed are handled once', async () => {
  const { handle, calls, quarantined } = handling([], wrongType);
  await handle([eventOf('a', 1), eventOf('b', 2)], false);
  expect(calls).toEqual([{ names: ['a', 'b'], redelivered: false }]);
  expect(quarantined).toEqual([]);
});

test('failing drivers are quarantined with all their events, and the events of others are handled once, in order', async () => {
  const names = 'abcdefghijklm'.split('');
  const events = [...names, ...names].map(eventOf);
  const { handle, handled, quarantined, calls } = handling(['c', 'k'], wrongType);
  await handle(events, false);
  expect(quarantined.map(namesOf)).toEqual([
    ['c', 'c'],
    ['k', 'k'],
  ]);
  const good = names.filter((name) => name !== 'c' && name !== 'k');
  for (const name of good)
    expect(handled.filter(({ driverId }) => driverId === name)).toEqual(
      events.filter(({ driverId }) => driverId === name),
    );
  expect(handled).toHaveLength(2 * good.length);
  // The first attempt may have written some of them.
  expect(calls.slice(1).every(({ redelivered }) => redelivered)).toBe(true);
});

test('a driver that succeeds on a later attempt is not quarantined', async () => {
  let attempts = 0;
  const quarantined: DriverEvent[][] = [];
  const handle = isolateFailures(
    async (_: DriverEvent[]) => {
      attempts += 1;
      if (attempts < 3) throw wrongType;
    },
    (events) => quarantined.push(events),
  );
  await handle([eventOf('a', 1)], false);
  expect(quarantined).toEqual([]);
});

test('nothing is quarantined while Redis is unavailable', async () => {
  const unavailable = new Error('Connection is closed.');
  const { handle, quarantined, calls } = handling(['a'], unavailable);
  await expect(handle([eventOf('a', 1), eventOf('b', 1)], false)).rejects.toBe(unavailable);
  expect(calls).toHaveLength(1);
  expect(quarantined).toEqual([]);
});
