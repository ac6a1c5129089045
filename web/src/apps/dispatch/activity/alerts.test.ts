import { expect, it } from 'vitest';
import type { NodeState, RegionEvent, Trip } from '#sdk';
import { alertsOf } from './alerts.js';
import { alertText, eventText } from './texts.js';

const trip = (change: Partial<Trip>): Trip =>
  ({ id: 't', state: 'requested', driverId: null, createdAt: 0, changedAt: 0, ...change }) as Trip;
const node = (name: string): NodeState => ({ node: name }) as NodeState;
const nothing = {
  trips: [],
  events: [],
  recovered: new Set<string>(),
  nodesSeen: new Set<string>(),
  nodes: [],
  now: 0,
};
const kinds = (change: Partial<Parameters<typeof alertsOf>[0]>) =>
  alertsOf({ ...nothing, ...change }).map(({ kind }) => kind);

it('raises an alert for a stuck trip, and clears it when the trip moves on', () => {
  expect(kinds({ trips: [trip({})], now: 30_000 })).toEqual([]);
  expect(kinds({ trips: [trip({})], now: 61_000 })).toEqual(['no_driver']);
  expect(kinds({ trips: [trip({ state: 'arriving', driverId: 'd' })], now: 1_300_000 })).toEqual([
    'slow_approach',
  ]);
  expect(kinds({ trips: [trip({ state: 'arrived', driverId: 'd' })], now: 301_000 })).toEqual(['long_wait']);
  expect(kinds({ trips: [trip({ state: 'on_trip', driverId: 'd' })], now: 9_000_000 })).toEqual([]);
});

it('raises an alert for a silent driver until it recovers or its trip ends', () => {
  const payload = { kind: 'driver_silent', tripId: 't', driverId: 'd' };
  const events = [{ id: '1-1', event: 'alert', payload } as RegionEvent];
  expect(kinds({ trips: [trip({ state: 'on_trip', driverId: 'd' })], events })).toEqual(['driver_silent']);
  const recovered = new Set(['d']);
  expect(kinds({ trips: [trip({ state: 'on_trip', driverId: 'd' })], events, recovered })).toEqual([]);
  expect(kinds({ trips: [trip({ state: 'on_trip', driverId: 'other' })], events })).toEqual([]);
  expect(kinds({ trips: [], events })).toEqual([]);
});

it('raises an alert for a driver on two devices, once each and for ten minutes', () => {
  const payload = { kind: 'second_device', tripId: null, driverId: 'd', at: 1_000 };
  const events = ['1-1', '1-2'].map((id) => ({ id, event: 'alert', payload }) as RegionEvent);
  const alerts = alertsOf({ ...nothing, events, now: 2_000 });
  expect(alerts).toMatchObject([{ kind: 'second_device', driverId: 'd' }]);
  expect(alertText(alerts[0]!)).toBe('d is signed in on two devices. Only the newer one is followed.');
  expect(eventText(events[0]!)).toBe('d went online on a second device');
  expect(kinds({ events, now: 601_000 })).toEqual([]);
});

it('raises an alert for a node that disappeared', () => {
  const nodesSeen = new Set(['gateway-1', 'gateway-2']);
  expect(alertsOf({ ...nothing, nodesSeen, nodes: [node('gateway-2')] })).toMatchObject([
    { kind: 'node_gone', node: 'gateway-1' },
  ]);
});
