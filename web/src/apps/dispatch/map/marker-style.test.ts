import { describe, expect, it } from 'vitest';
import { HIDDEN } from '../../../shared/map/palette.js';
import { NO_FILTER, rowOf, type VehicleState } from '../fleet.js';
import { styleOf } from './marker-style.js';

const at = { lat: 40.75, lng: -73.98, heading: 90, speedMps: 8, t: 100_000 };
const row = (status: 'available' | 'busy', tripId: string | null = null, now = 101_000) =>
  rowOf({ id: 'grace', ...at, status }, tripId, now);

const NONE = { followed: null, hovered: null };

describe('lookOf', () => {
  it('draws who is free, busy and on a trip each in another way, and so what is unheard or hovered at', () => {
    const rows = [101_000, 130_000].flatMap((now) => [
      row('available', null, now),
      row('busy', null, now),
      row('busy', 'trip-1', now),
    ]);
    const looks = [NONE, { ...NONE, hovered: 'grace' }].flatMap((marked) =>
      rows.map((each) => styleOf(each, NO_FILTER, marked)),
    );
    expect(new Set(looks).size).toBe(12);
  });

  it('hides what the filter leaves out, and what is drawn by itself', () => {
    const states = new Set<VehicleState>(['available', 'on_trip']);
    expect(styleOf(row('busy'), { ...NO_FILTER, states }, NONE)).toBe(HIDDEN);
    expect(styleOf(row('busy', 'trip-1'), { ...NO_FILTER, states }, NONE)).not.toBe(HIDDEN);
    expect(styleOf(row('available'), NO_FILTER, { ...NONE, followed: 'grace' })).toBe(HIDDEN);
  });
});
