import { atom } from 'nanostores';
import { describe, expect, it, vi } from 'vitest';
import type { Trip, Vehicle } from '#protocol';
import type { DispatchClient } from '#sdk';
import { FleetStore, matches, NO_FILTER, rowOf } from './fleet-store.js';

const vehicle = {
  id: 'Grace-7',
  lat: 40.75,
  lng: -73.98,
  heading: 90,
  speedMps: 8,
  status: 'busy' as const,
  // The phone is two minutes slow.
  t: 100_000 - 120_000,
  receivedAt: 100_000,
};

describe('rowOf', () => {
  it('distinguishes a driver on a trip from a busy one, and a stale position from a fresh one', () => {
    expect(rowOf(vehicle, { id: 'trip-1', riderId: 'ada' }, 101_000)).toMatchObject({
      state: 'on_trip',
      ageMs: 1_000,
      isStale: false,
    });
    expect(rowOf(vehicle, null, 130_000)).toMatchObject({ state: 'busy', isStale: true });
    expect(rowOf({ ...vehicle, status: 'available' }, null, 99_000)).toMatchObject({
      state: 'available',
      ageMs: 0,
    });
  });
});

describe('matches', () => {
  const row = rowOf(vehicle, { id: 'trip-abc', riderId: 'Ada-1' }, 101_000);

  it('finds a text in the id of the driver, its trip or its rider, ignoring case', () => {
    for (const text of ['', ' grace ', 'ABC', 'ada']) expect(matches(row, { ...NO_FILTER, text })).toBe(true);
    expect(matches(row, { ...NO_FILTER, text: 'bob' })).toBe(false);
    expect(matches(rowOf(vehicle, null, 101_000), { ...NO_FILTER, text: 'ada' })).toBe(false);
  });

  it('filters by state and by missing signal', () => {
    expect(matches(row, { ...NO_FILTER, states: new Set(['available']) })).toBe(false);
    expect(matches(row, { ...NO_FILTER, staleOnly: true })).toBe(false);
    const unknown = { ...row, state: null };
    expect(matches(unknown, { ...NO_FILTER, states: new Set(['busy']) })).toBe(true);
    expect(matches(unknown, { ...NO_FILTER, states: new Set(['on_trip']) })).toBe(false);
    expect(matches({ ...row, isStale: true }, { ...NO_FILTER, staleOnly: true })).toBe(true);
  });
});

describe('FleetStore', () => {
  it('stays sorted while vehicles appear, leave and are filtered', () => {
    vi.useFakeTimers();
    const inView = new Map<string, Vehicle>();
    const vehicles = {
      get: (id: string) => inView.get(id),
      get size() {
        return inView.size;
      },
      [Symbol.iterator]: () => inView.values(),
    };
    const client = { on: () => () => {}, now: () => 101_000, vehicles } as unknown as DispatchClient;
    const $trips = atom<ReadonlyMap<string, Trip>>(new Map());
    const view = new FleetStore(client, $trips);
    const ids = () => {
      view.refresh();
      return view.$shown.get().rows.map((row) => row?.id);
    };
    const put = (id: string, status: Vehicle['status'] = 'available') =>
      inView.set(id, { ...vehicle, id, status });
    for (const id of ['c', 'a', 'e']) put(id);
    expect(ids()).toEqual(['a', 'c', 'e']);
    put('d', 'busy');
    put('b');
    inView.delete('c');
    expect(ids()).toEqual(['a', 'b', 'd', 'e']);
    expect(view.$shown.get()).toMatchObject({ total: 4, counts: { available: 3, busy: 1 } });
    view.$filter.set({ ...NO_FILTER, states: new Set(['available']) });
    expect(ids()).toEqual(['a', 'b', 'e']);
    view.$filter.set(NO_FILTER);
    expect(ids()).toEqual(['a', 'b', 'd', 'e']);
    view.$order.set('state');
    expect(ids()).toEqual(['a', 'b', 'e', 'd']);
    const trip = { id: 'trip-1', riderId: 'ada', driverId: 'd' } as Trip;
    $trips.set(new Map([[trip.id, trip]]));
    view.$filter.set({ ...NO_FILTER, text: 'ada' });
    expect(ids()).toEqual(['d']);
    vi.useRealTimers();
  });
});
