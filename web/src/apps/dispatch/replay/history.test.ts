import { expect, it } from 'vitest';
import type { Trip } from '#protocol';
import { historiesOfArea, positionAt, type TrackHistory, tripStateAt } from './history.js';

const history: TrackHistory = {
  driverId: 'd',
  line: [
    [0, 0],
    [0, 0.001],
    [0.001, 0.001],
    [0.001, 0.001],
    [0.001, 0.002],
  ],
  times: [0, 1_000, 2_000, 9_000, 200_000],
};

it('interpolates between two fixes and points the way the car drove', () => {
  expect(positionAt(history, 500)).toMatchObject({ lat: 0.0005, lng: 0, heading: 0, ageMs: 0 });
  const east = positionAt(history, 1_250)!;
  expect(east.lng).toBeCloseTo(0.00025, 9);
  expect(east.heading).toBeCloseTo(90, 1);
});

it('covers both ends, and keeps the heading of a car that stands still', () => {
  expect(positionAt(history, 0)).toMatchObject({ lat: 0, lng: 0 });
  expect(positionAt(history, 200_000)).toMatchObject({ lat: 0.002, lng: expect.closeTo(0.001, 9) });
  expect(positionAt(history, 5_000)!.heading).toBeCloseTo(90, 1);
});

it('has no position before the first fix, and stays at the last place for as long as it would have been shown', () => {
  for (const at of [-1, 230_001, 39_001, 150_000]) expect(positionAt(history, at)).toBeNull();
  expect(positionAt(history, 229_000)).toMatchObject({ lat: 0.002, ageMs: 29_000 });
  expect(positionAt(history, 30_000)).toMatchObject({ lat: 0.001, ageMs: 21_000 });
});

it('knows the state of a trip at each time', () => {
  const times = { requested: 0, offered: 1_000, accepted: 2_000, on_trip: 5_000, completed: 9_000 };
  const trip = { times, createdAt: 0, changedAt: 9_000, state: 'completed' } as Trip;
  const states = [-1, 0, 1_500, 4_999, 8_999, 9_000].map((at) => tripStateAt(trip, at));
  expect(states).toEqual([null, 'requested', 'offered', 'accepted', 'on_trip', null]);
  expect(tripStateAt({ ...trip, state: 'on_trip', changedAt: 5_000 }, 20_000)).not.toBeNull();
});

it('turns the relative times of an area history into absolute ones', () => {
  const vehicles = [
    { driverId: 'd', times: [0, 1_000], positions: [history.line[0]!, history.line[1]!] as never },
  ];
  const [one] = historiesOfArea({ from: 5_000, to: 9_000, vehicles, truncated: false, candidates: 1 });
  expect(one!.times).toEqual([5_000, 6_000]);
  expect(positionAt(one!, 5_500)).toMatchObject({ lat: 0.0005 });
});
