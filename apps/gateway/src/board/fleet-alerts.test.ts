import { expect, test } from 'vitest';
import { regionAt } from '#geo/cells';
import type { Incident, RaisedAlert, RegionAlert } from '#protocol';
import type { TripRecord } from '#trips';
import { alertsOf, firstOf } from './fleet-alerts.js';
import type { RosterRow } from './fleet-roster.js';

const NOW = 10_000_000;
const PLACE = { lat: 40.75, lng: -73.99 };
const REGION = regionAt(PLACE);
const trip = (change: Partial<TripRecord>): TripRecord =>
  ({
    id: 't',
    state: 'requested',
    driverId: null,
    createdAt: NOW,
    changedAt: NOW,
    pickup: PLACE,
    ...change,
  }) as TripRecord;
const nothing = { stays: [], raised: [], marks: new Map(), silentMs: 30_000, now: NOW };
const roster = (trips: TripRecord[], receivedAt: Record<string, number> = {}) => ({
  trips,
  find: (id: string) =>
    id in receivedAt ? ({ id, entry: { receivedAt: receivedAt[id] } } as RosterRow) : undefined,
});
const kinds = (trips: TripRecord[], receivedAt: Record<string, number> = {}) =>
  alertsOf({ ...nothing, roster: roster(trips, receivedAt) }).map(({ alert }) => alert.kind);

test('a trip raises an alert while it is stuck in a state', () => {
  expect(kinds([trip({ createdAt: NOW - 30_000 })])).toEqual([]);
  expect(kinds([trip({ createdAt: NOW - 61_000 })])).toEqual(['no_driver']);
  expect(kinds([trip({ state: 'arriving', driverId: 'd', changedAt: NOW - 1_300_000 })])).toEqual([
    'slow_approach',
  ]);
  expect(kinds([trip({ state: 'arrived', driverId: 'd', changedAt: NOW - 301_000 })])).toEqual(['long_wait']);
  expect(kinds([trip({ state: 'on_trip', driverId: 'd', changedAt: 0 })])).toEqual([]);
});

test('a driver without a signal raises an alert during a trip only, and another one each time', () => {
  const open = [trip({ state: 'on_trip', driverId: 'd' })];
  expect(kinds(open, { d: NOW - 31_000 })).toEqual(['driver_silent']);
  expect(kinds(open, { d: NOW - 29_000 })).toEqual([]);
  expect(kinds([], { d: NOW - 31_000 })).toEqual([]);
  const idOf = (at: number) => alertsOf({ ...nothing, roster: roster(open, { d: at }) })[0]!.alert.id;
  expect(idOf(NOW - 31_000)).not.toBe(idOf(NOW - 90_000));
});

test('events without an end and stays in zones are alerts, and a decision moves an alert behind the others', () => {
  const stays = [
    { driverId: 'd', region: REGION, zoneId: 'z', name: 'Stadium', isNoGo: true, since: NOW - 5_000 },
  ];
  const payload = { kind: 'second_device', tripId: null, driverId: 'd', at: NOW - 1_000 } as RegionAlert;
  const incident = { kind: 'threat', text: 'help', by: { role: 'rider', userId: 'r' }, at: NOW } as Incident;
  const raised: RaisedAlert[] = [
    { id: 'second_device d', expiresAt: NOW + 1, event: 'alert', payload },
    { id: 'incident 1', expiresAt: NOW + 1, event: 'incident', payload: incident },
  ];
  const marks = new Map([['incident 1', { as: 'dismissed', by: 'lin', at: NOW } as const]]);
  const inputs = { ...nothing, roster: roster([]), stays, raised };
  expect(alertsOf({ ...inputs, marks }).map(({ alert }) => alert)).toMatchObject([
    { kind: 'second_device', mark: null },
    { kind: 'no_go', zone: 'Stadium', mark: null },
    { kind: 'incident', driverId: null, incident: { text: 'help' }, mark: { as: 'dismissed', by: 'lin' } },
  ]);
  expect(alertsOf(inputs)[0]!.alert.kind).toBe('incident');
});

test('an answer holds a limited number of alerts, and how many there are', () => {
  const many = Array.from({ length: 600 }, (_, i) => trip({ id: `t${i}`, createdAt: 0 }));
  const alerts = alertsOf({ ...nothing, roster: roster(many) }).map(({ alert }) => alert);
  expect(firstOf(alerts)).toMatchObject({
    total: 600,
    alerts: { length: 500 },
  });
});

test('an alert concerns the fleet and region of its trip, its driver, or the user who reported it', () => {
  const payload = { kind: 'far_step', tripId: 't', driverId: 'd', fleet: 'red', at: NOW, region: 'a' };
  const device = { kind: 'second_device', tripId: null, driverId: 'd', at: NOW, region: 'b' };
  const by = { role: 'rider', userId: 'r' };
  const raised = [
    { id: '1', expiresAt: NOW + 1, event: 'alert', payload },
    { id: '2', expiresAt: NOW + 1, event: 'alert', payload: device },
    { id: '3', expiresAt: NOW + 1, event: 'incident', payload: { by, at: NOW, region: 'c', fleet: null } },
    { id: '4', expiresAt: NOW + 1, event: 'incident', payload: { by, at: NOW, region: 'd' } },
  ] as RaisedAlert[];
  const stuck = [trip({ createdAt: NOW - 61_000, fleet: 'blue' })];
  const owners = alertsOf({ ...nothing, roster: roster(stuck), raised }).map(({ region, owner }) => [
    region,
    owner,
  ]);
  expect(Object.fromEntries(owners)).toEqual({
    [REGION]: { fleet: 'blue' },
    a: { fleet: 'red' },
    b: { driverId: 'd' },
    c: { fleet: null },
    d: null,
  });
});
