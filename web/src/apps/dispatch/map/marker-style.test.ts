import { describe, expect, it } from 'vitest';
import { HIDDEN } from '../../../shared/map/palette.js';
import { NO_FILTER, rowOf, type VehicleState } from '../fleet-store.js';
import { markerStyle } from './marker-style.js';

const at = { lat: 40.75, lng: -73.98, heading: 90, speedMps: 8, t: 100_000 };
const row = (status: 'available' | 'busy', tripId: string | null = null, now = 101_000) =>
  rowOf({ id: 'grace', ...at, status }, tripId === null ? null : { id: tripId, riderId: 'ada' }, now);

const NONE = { followed: null, hovered: null };

describe('markerStyle', () => {
  it('gives each state its own style, with and without a signal, hovered or not', () => {
    const rows = [101_000, 130_000].flatMap((now) => [
      row('available', null, now),
      row('busy', null, now),
      row('busy', 'trip-1', now),
    ]);
    const styles = [NONE, { ...NONE, hovered: 'grace' }].flatMap((highlighted) =>
      rows.map((each) => markerStyle(each, NO_FILTER, highlighted)),
    );
    expect(new Set(styles).size).toBe(12);
  });

  it('never shows a vehicle whose state is not known as available', () => {
    const unknown = markerStyle({ ...row('available'), state: null }, NO_FILTER, NONE);
    expect(unknown).not.toBe(markerStyle(row('available'), NO_FILTER, NONE));
  });

  it('hides filtered vehicles and the followed one', () => {
    const states = new Set<VehicleState>(['available', 'on_trip']);
    expect(markerStyle(row('busy'), { ...NO_FILTER, states }, NONE)).toBe(HIDDEN);
    expect(markerStyle(row('busy', 'trip-1'), { ...NO_FILTER, states }, NONE)).not.toBe(HIDDEN);
    expect(markerStyle(row('available'), NO_FILTER, { ...NONE, followed: 'grace' })).toBe(HIDDEN);
  });
});
