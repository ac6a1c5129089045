import { expect, it } from 'vitest';
import { historiesOfArea, positionAt, type TrackHistory } from './history.js';

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
  expect(positionAt(history, 500)).toEqual({ lat: 0.0005, lng: 0, heading: 0 });
  const east = positionAt(history, 1_250)!;
  expect(east.lng).toBeCloseTo(0.00025, 9);
  expect(east.heading).toBeCloseTo(90, 1);
});

it('covers both ends, and keeps the heading of a car that stands still', () => {
  expect(positionAt(history, 0)).toMatchObject({ lat: 0, lng: 0 });
  expect(positionAt(history, 200_000)).toMatchObject({ lat: 0.002, lng: expect.closeTo(0.001, 9) });
  expect(positionAt(history, 5_000)!.heading).toBeCloseTo(90, 1);
});

it('has no position before the first fix, after the last, or within a long gap', () => {
  for (const at of [-1, 200_001, 9_001, 150_000]) expect(positionAt(history, at)).toBeNull();
});

it('turns the relative times of an area history into absolute ones', () => {
  const vehicles = [
    { driverId: 'd', times: [0, 1_000], positions: [history.line[0]!, history.line[1]!] as never },
  ];
  const [one] = historiesOfArea({ from: 5_000, to: 9_000, vehicles, truncated: false });
  expect(one!.times).toEqual([5_000, 6_000]);
  expect(positionAt(one!, 5_500)).toMatchObject({ lat: 0.0005 });
});
