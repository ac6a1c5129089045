import { describe, expect, test } from 'vitest';
import type { RosterEntry } from '#store';
import type { TripRecord } from '#trips';
import { FleetRoster } from './fleet-roster.js';

const NOW = 1_000_000;
const driver = (id: string, change: Partial<RosterEntry> = {}): [string, RosterEntry] => [
  id,
  {
    id,
    version: 1,
    cell: '892a1072b5bffff',
    status: 'available',
    present: true,
    t: NOW,
    lat: 40,
    lng: -74,
    heading: 0,
    speedMps: 0,
    receivedAt: NOW,
    ...change,
  },
];
const trip = (id: string, riderId: string, driverId: string | null, createdAt = 0): TripRecord =>
  ({
    id,
    riderId,
    driverId,
    createdAt,
    state: driverId === null ? 'requested' : 'accepted',
    asked: [],
  }) as unknown as TripRecord;

function read(roster: FleetRoster, drivers: [string, RosterEntry][], trips: TripRecord[]): void {
  roster.begin();
  for (const [id, entry] of drivers) roster.put(id, entry.version > roster.versionOf(id) ? entry : null);
  roster.commit(trips, NOW);
}

describe('a search in the fleet', () => {
  const fleet = [
    driver('Grace-7'),
    driver('ada', { receivedAt: NOW - 30_000, status: 'busy' }),
    driver('bob', { status: 'busy' }),
    driver('gone', { present: false, receivedAt: NOW - 90_000 }),
    driver('lost', { present: false, status: 'busy', receivedAt: NOW - 60_000 }),
    driver('not-grace'),
  ];
  const trips = [trip('t-2', 'Rita', 'lost', 2), trip('t-1', 'Rolf', null, 1)];
  const state = new FleetRoster();
  read(state, fleet, trips);
  const search = (query: Parameters<FleetRoster['search']>[0]) => state.search(query, NOW, 25_000);
  const ids = (query: Parameters<FleetRoster['search']>[0]) => search(query).vehicles.map(({ id }) => id);

  test('finds drivers by any part of their id or that of their trip and rider, those that begin with it first', () => {
    expect(ids({ text: ' GRACE ' })).toEqual(['Grace-7', 'not-grace']);
    expect(ids({ text: 'rita' })).toEqual(['lost']);
    expect(ids({ text: 't-2' })).toEqual(['lost']);
    expect(ids({ text: 'nobody' })).toEqual([]);
  });

  test('leaves out drivers who went offline unless they are asked for, but not one who fell silent on a trip', () => {
    expect(ids({})).toEqual(['Grace-7', 'ada', 'bob', 'lost', 'not-grace']);
    expect(ids({ states: ['offline'] })).toEqual(['gone']);
    expect(ids({ noSignal: true })).toEqual(['ada', 'lost']);
    expect(search({}).counts).toEqual({ available: 2, on_trip: 1, busy: 2, offline: 1, noSignal: 2 });
    expect(search({ states: ['busy'] })).toMatchObject({ total: 2, counts: { available: 2 } });
  });

  test('pages through each order without a gap or a repetition', () => {
    const paged = (query: object) =>
      [0, 2, 4].flatMap((offset) => ids({ ...query, offset, limit: 2 })).sort();
    for (const order of ['id', 'state', 'age'] as const) {
      expect(paged({ order })).toEqual([...ids({})].sort());
      expect(search({ order, offset: 4, limit: 2 }).total).toBe(5);
    }
    expect([0, 1].map((offset) => ids({ text: 'grace', offset, limit: 1 }))).toEqual([
      ['Grace-7'],
      ['not-grace'],
    ]);
    expect(ids({ order: 'age' })[0]).toBe('lost');
    expect(ids({ order: 'state' })).toEqual(['Grace-7', 'not-grace', 'lost', 'ada', 'bob']);
  });

  test('finds open trips, also those without a driver', () => {
    expect(search({ text: 'r' }).trips.map(({ id }) => id)).toEqual(['t-1', 't-2']);
    expect(search({ text: 'rolf' })).toMatchObject({ total: 0, totalTrips: 1, trips: [{ id: 't-1' }] });
    expect(search({}).trips).toEqual([]);
  });

  test('takes over drivers that come, change, and leave', () => {
    const roster = new FleetRoster();
    read(roster, fleet, trips);
    read(roster, [driver('zoe'), driver('bob', { version: 2, lat: 41 }), driver('abe'), driver('ada')], []);
    expect(roster.rows.map(({ id }) => id)).toEqual(['abe', 'ada', 'bob', 'zoe']);
    expect(roster.find('bob')?.entry).toMatchObject({ lat: 41, status: 'available' });
    // The same version is not read again.
    expect(roster.find('ada')?.entry).toMatchObject({ status: 'busy' });
    expect(roster.find('gone')).toBeUndefined();
    expect(roster.search({ text: 'rita' }, NOW, 25_000)).toMatchObject({ total: 0, totalTrips: 0 });
  });

  test('finds and counts nothing outside of a scope', () => {
    const scope = { hasDriver: (id: string) => id === 'lost' || id === 'bob', hasTrip: () => false };
    const scoped = (query: Parameters<FleetRoster['search']>[0]) => state.search(query, NOW, 25_000, scope);
    expect(scoped({})).toMatchObject({ total: 2, counts: { available: 0, on_trip: 1, busy: 1, offline: 0 } });
    expect(scoped({ text: 'lost', states: ['on_trip'] }).vehicles).toMatchObject([
      { id: 'lost', tripId: null },
    ]);
    // Neither by a trip that is outside of it.
    expect(scoped({ text: 'rita' })).toMatchObject({ total: 0, totalTrips: 0, trips: [] });
  });

  test('never takes a text across two drivers', () => {
    expect(ids({ text: 'ada bob' })).toEqual([]);
    expect(search({ text: 'zz' }).total).toBe(0);
  });
});
