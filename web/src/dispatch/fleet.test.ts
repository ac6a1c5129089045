import { describe, expect, it } from 'vitest';
import { NO_FILTER, passes, rowOf } from './fleet.js';

const vehicle = {
  id: 'Grace-7',
  lat: 40.75,
  lng: -73.98,
  heading: 90,
  speedMps: 8,
  status: 'busy' as const,
  t: 100_000,
};

describe('rowOf', () => {
  it('tells a driver on a trip from one that is only busy, and an old position from a new one', () => {
    expect(rowOf(vehicle, 'trip-1', 101_000)).toMatchObject({
      doing: 'on_trip',
      ageMs: 1_000,
      isStale: false,
    });
    expect(rowOf(vehicle, null, 130_000)).toMatchObject({ doing: 'busy', isStale: true });
    expect(rowOf({ ...vehicle, status: 'available' }, null, 99_000)).toMatchObject({
      doing: 'available',
      ageMs: 0,
    });
  });
});

describe('passes', () => {
  const row = rowOf(vehicle, 'trip-abc', 101_000);

  it('looks for a text in the driver and in its trip, in any case', () => {
    for (const text of ['', ' grace ', 'ABC']) expect(passes(row, { ...NO_FILTER, text })).toBe(true);
    expect(passes(row, { ...NO_FILTER, text: 'ada' })).toBe(false);
  });

  it('keeps what is asked for only', () => {
    expect(passes(row, { ...NO_FILTER, doing: new Set(['available']) })).toBe(false);
    expect(passes(row, { ...NO_FILTER, staleOnly: true })).toBe(false);
    expect(passes({ ...row, isStale: true }, { ...NO_FILTER, staleOnly: true })).toBe(true);
  });
});
