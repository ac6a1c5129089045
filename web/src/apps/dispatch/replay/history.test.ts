import { expect, it } from 'vitest';
import { historiesOfArea, placeAt, type TrackHistory } from './history.js';

const past: TrackHistory = {
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

it('is between two fixes, and looks where the car drove', () => {
  expect(placeAt(past, 500)).toEqual({ lat: 0.0005, lng: 0, heading: 0 });
  const east = placeAt(past, 1_250)!;
  expect(east.lng).toBeCloseTo(0.00025, 9);
  expect(east.heading).toBeCloseTo(90, 1);
});

it('is at each end, and keeps its heading while it stands', () => {
  expect(placeAt(past, 0)).toMatchObject({ lat: 0, lng: 0 });
  expect(placeAt(past, 200_000)).toMatchObject({ lat: 0.002, lng: expect.closeTo(0.001, 9) });
  expect(placeAt(past, 5_000)!.heading).toBeCloseTo(90, 1);
});

it('is nowhere before, after, and while nothing was heard', () => {
  for (const at of [-1, 200_001, 9_001, 150_000]) expect(placeAt(past, at)).toBeNull();
});

it('comes of the history of an area with times of its own', () => {
  const vehicles = [{ driverId: 'd', times: [0, 1_000], positions: [past.line[0]!, past.line[1]!] as never }];
  const [one] = historiesOfArea({ from: 5_000, to: 9_000, vehicles, truncated: false });
  expect(one!.times).toEqual([5_000, 6_000]);
  expect(placeAt(one!, 5_500)).toMatchObject({ lat: 0.0005 });
});
