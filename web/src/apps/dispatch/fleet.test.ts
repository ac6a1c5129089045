import { describe, expect, it, vi } from 'vitest';
import type { Trip, Vehicle } from '#protocol';
import type { DispatchClient } from '#sdk';
import { Store } from '../../shared/live/store.js';
import { FleetView, NO_FILTER, passes, rowOf } from './fleet.js';

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

describe('passes', () => {
  const row = rowOf(vehicle, 'trip-abc', 101_000);

  it('looks for a text in the driver and in its trip, in any case', () => {
    for (const text of ['', ' grace ', 'ABC']) expect(passes(row, { ...NO_FILTER, text })).toBe(true);
    expect(passes(row, { ...NO_FILTER, text: 'ada' })).toBe(false);
  });

  it('keeps what is asked for only', () => {
    expect(passes(row, { ...NO_FILTER, states: new Set(['available']) })).toBe(false);
    expect(passes(row, { ...NO_FILTER, staleOnly: true })).toBe(false);
    expect(passes({ ...row, isStale: true }, { ...NO_FILTER, staleOnly: true })).toBe(true);
  });
});

describe('FleetView', () => {
  it('keeps its order while vehicles come, go and are filtered', () => {
    vi.useFakeTimers();
    const held = new Map<string, Vehicle>();
    const vehicles = {
      get: (id: string) => held.get(id),
      get size() {
        return held.size;
      },
      [Symbol.iterator]: () => held.values(),
    };
    const client = { on: () => () => {}, vehicles } as unknown as DispatchClient;
    const view = new FleetView(client, new Store<ReadonlyMap<string, Trip>>(new Map()));
    const ids = () => {
      view.look();
      return view.shown.get().rows.map(({ id }) => id);
    };
    const put = (id: string, status: Vehicle['status'] = 'available') =>
      held.set(id, { ...vehicle, id, status });
    for (const id of ['c', 'a', 'e']) put(id);
    expect(ids()).toEqual(['a', 'c', 'e']);
    put('d', 'busy');
    put('b');
    held.delete('c');
    expect(ids()).toEqual(['a', 'b', 'd', 'e']);
    expect(view.shown.get()).toMatchObject({ total: 4, counts: { available: 3, busy: 1 } });
    view.filter.set({ ...NO_FILTER, states: new Set(['available']) });
    expect(ids()).toEqual(['a', 'b', 'e']);
    view.filter.set(NO_FILTER);
    expect(ids()).toEqual(['a', 'b', 'd', 'e']);
    view.order.set('state');
    expect(ids()).toEqual(['a', 'b', 'e', 'd']);
    vi.useRealTimers();
  });
});
