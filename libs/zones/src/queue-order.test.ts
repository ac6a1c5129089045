import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  byClass,
  EMPTY_QUEUE,
  placeIn,
  type Queue,
  type QueueEvent,
  queueAfter,
  waitingIn,
} from './queue-order.js';

const RULES = { keepPlaceS: 300, shortTripPriority: true, shortTripMaxS: 900 };
const MINUTE = 60_000;

function rank() {
  let queue: Queue = EMPTY_QUEUE;
  let version = 0;
  const apply = (event: QueueEvent, now = event.at) => {
    queue = queueAfter(queue, [event], RULES, now);
  };
  return {
    here: (driverId: string, at: number, now = at) =>
      apply({ kind: 'here', driverId, at, version: ++version }, now),
    away: (driverId: string, at: number) => apply({ kind: 'away', driverId, at, version: ++version }),
    passed: (driverId: string, at: number) => apply({ kind: 'passed', driverId, at }),
    accepted: (driverId: string, tripId: string, at: number) =>
      apply({ kind: 'accepted', driverId, tripId, at }),
    returned: (driverId: string, tripId: string, at: number) =>
      apply({ kind: 'returned', driverId, tripId, at }),
    finished: (driverId: string, tripId: string, at: number, isShort: boolean) =>
      apply({ kind: 'finished', driverId, tripId, at, isShort }),
    order: () => waitingIn(queue).map(({ driverId }) => driverId),
    place: (driverId: string) => placeIn(queue, driverId),
    queue: () => queue,
  };
}

function threeWaiting() {
  const it = rank();
  for (const [i, driverId] of ['a', 'b', 'c'].entries()) it.here(driverId, i);
  return it;
}

describe('a queue', () => {
  test('is in the order of entry, in whatever order the entries arrive', () => {
    const it = rank();
    it.here('b', 20);
    it.here('c', 30);
    it.here('a', 10);
    expect(it.order()).toEqual(['a', 'b', 'c']);
  });

  test('moves a driver who passed on an offer to the end, once', () => {
    const it = threeWaiting();
    it.passed('a', 10);
    it.here('d', 20);
    it.passed('a', 10);
    expect(it.order()).toEqual(['b', 'c', 'a', 'd']);
  });

  test('keeps the place of a driver who is away for less than five minutes', () => {
    const it = threeWaiting();
    it.away('a', 100);
    expect(it.order()).toEqual(['b', 'c']);
    it.here('a', 100 + 5 * MINUTE);
    expect(it.order()).toEqual(['a', 'b', 'c']);
    it.away('a', 6 * MINUTE);
    it.here('a', 11 * MINUTE + 1);
    expect(it.order()).toEqual(['b', 'c', 'a']);
  });

  test('does not give a lost place back to a driver who never left the zone', () => {
    const it = threeWaiting();
    it.away('a', 100);
    it.here('a', 1, 10 * MINUTE);
    it.here('d', 10 * MINUTE + 1);
    expect(it.order()).toEqual(['b', 'c', 'a', 'd']);
  });

  test('keeps the place of a driver whose rider cancelled', () => {
    const it = threeWaiting();
    it.accepted('a', 't-1', 10);
    it.away('a', 11);
    expect(it.order()).toEqual(['b', 'c']);
    it.returned('a', 't-1', 20 * MINUTE);
    it.here('a', 20 * MINUTE);
    expect(it.order()).toEqual(['a', 'b', 'c']);
    expect(it.place('b')!.waitS).toBeNull();
  });

  test('gives a driver who returns from a short trip priority, not one who returns from a long one', () => {
    const it = threeWaiting();
    it.accepted('a', 't-1', 10);
    it.away('a', 11);
    it.accepted('b', 't-2', 12);
    it.away('b', 13);
    it.finished('a', 't-1', 8 * MINUTE, true);
    it.finished('b', 't-2', 9 * MINUTE, false);
    it.here('b', 10 * MINUTE);
    it.here('a', 14 * MINUTE);
    expect(it.order()).toEqual(['a', 'c', 'b']);
  });

  test('sends a driver to the end whose long trip ended inside', () => {
    const it = threeWaiting();
    it.accepted('a', 't-1', 10);
    it.finished('a', 't-1', 50, false);
    expect(it.order()).toEqual(['b', 'c', 'a']);
  });

  test('estimates the wait from the departures of the last hour', () => {
    const it = threeWaiting();
    expect(it.place('c')).toEqual({ place: 3, of: 3, waitS: null });
    it.accepted('a', 't-1', 10);
    it.accepted('b', 't-2', 20);
    expect(it.place('c')).toEqual({ place: 1, of: 1, waitS: 1_800 });
    it.here('d', 61 * MINUTE);
    expect(it.place('d')).toEqual({ place: 2, of: 2, waitS: null });
  });

  test('ignores presence that is older than what it knows', () => {
    const early = queueAfter(EMPTY_QUEUE, [{ kind: 'here', driverId: 'a', at: 1, version: 5 }], RULES, 1);
    expect(queueAfter(early, [{ kind: 'away', driverId: 'a', at: 2, version: 4 }], RULES, 2)).toBe(early);
  });

  test('is bounded', () => {
    const events = Array.from(
      { length: 1_100 },
      (_, i): QueueEvent => ({
        kind: 'here',
        driverId: `d-${i}`,
        at: i,
        version: 1,
      }),
    );
    expect(queueAfter(EMPTY_QUEUE, events, RULES, 2_000).places).toHaveLength(1_000);
  });
});

test('events of a trip that are applied again, one by one or together, change nothing', () => {
  const kinds = fc.constantFrom('returned', 'short', 'long');
  fc.assert(
    fc.property(kinds, fc.boolean(), (kind, isBack) => {
      const it = threeWaiting();
      it.accepted('a', 't-1', 10);
      it.away('a', 11);
      if (kind === 'returned') it.returned('a', 't-1', 100);
      else it.finished('a', 't-1', 100, kind === 'short');
      if (isBack) it.here('a', 200);
      const before = it.order();
      const again: QueueEvent[] = [
        { kind: 'accepted', driverId: 'a', tripId: 't-1', at: 10 },
        kind === 'returned'
          ? { kind: 'returned', driverId: 'a', tripId: 't-1', at: 100 }
          : { kind: 'finished', driverId: 'a', tripId: 't-1', at: 100, isShort: kind === 'short' },
      ];
      expect(queueAfter(it.queue(), again, RULES, 300)).toEqual(it.queue());
      expect(it.order()).toEqual(before);
    }),
  );
});

test('each vehicle class has a queue of its own, in the same order and with its own departures', () => {
  const it = threeWaiting();
  it.here('d', 3);
  it.accepted('d', 't', 10);
  const classes = new Map([
    ['a', 'standard'],
    ['b', 'van'],
    ['c', 'standard'],
    ['d', 'van'],
  ]);
  const queues = byClass(it.queue(), classes);
  expect([...queues.keys()]).toEqual(['standard', 'van']);
  expect(placeIn(queues.get('standard')!, 'c')).toMatchObject({ place: 2, of: 2, waitS: null });
  expect(placeIn(queues.get('van')!, 'b')).toMatchObject({ place: 1, of: 1, waitS: 3_600 });
  expect(placeIn(queues.get('van')!, 'a')).toBeNull();
});
