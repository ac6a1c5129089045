import { expect, it } from 'vitest';
import type { Track } from '#protocol';
import { placeAt } from './place.js';

const trackOf = (coordinates: Array<[number, number]>, times: number[]): Track =>
  ({
    type: 'Feature',
    geometry: { type: 'LineString', coordinates },
    properties: { times },
  }) as unknown as Track;
const track = trackOf(
  [
    [0, 0],
    [0, 0.001],
    [0.001, 0.001],
    [0.001, 0.001],
  ],
  [0, 1_000, 2_000, 9_000],
);

it('is between two fixes, and looks where the car drove', () => {
  expect(placeAt(track, 500)).toEqual({ lat: 0.0005, lng: 0, heading: 0 });
  const east = placeAt(track, 1_250)!;
  expect(east.lng).toBeCloseTo(0.00025, 9);
  expect(east.heading).toBeCloseTo(90, 1);
});

it('stands at either end, and keeps its heading while it stands', () => {
  expect(placeAt(track, -5)).toMatchObject({ lat: 0, lng: 0 });
  expect(placeAt(track, 99_000)).toMatchObject({ lat: 0.001, lng: 0.001 });
  expect(placeAt(track, 5_000)!.heading).toBeCloseTo(90, 1);
});

it('is nowhere without a way', () => {
  expect(placeAt({ ...track, geometry: null }, 0)).toBeNull();
});
