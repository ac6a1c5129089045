import { expect, it } from 'vitest';
import type { Trip } from '#protocol';
import { timelineOf } from './timeline.js';

const trip = (change: Partial<Trip>): Trip => ({ createdAt: 0, changedAt: 0, ...change }) as Trip;

it('orders the states of a trip by time, with how long each took', () => {
  const times = { requested: 0, completed: 10_000, accepted: 2_000 };
  expect(timelineOf(trip({ times, state: 'completed', changedAt: 10_000 }), 99_000)).toEqual([
    { name: 'requested', at: 0, ms: 2_000, share: 0.2 },
    { name: 'accepted', at: 2_000, ms: 8_000, share: 0.8 },
    { name: 'completed', at: 10_000, ms: null, share: 0 },
  ]);
});

it('the current state of an open trip lasts until now', () => {
  expect(timelineOf(trip({ times: { requested: 0 }, state: 'requested' }), 4_000)).toMatchObject([
    { ms: 4_000, share: 1 },
  ]);
});
