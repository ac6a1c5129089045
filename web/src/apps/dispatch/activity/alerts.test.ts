import { expect, it } from 'vitest';
import type { NodeState, RegionEvent, Trip } from '#sdk';
import { alertsOf } from './alerts.js';

const trip = (change: Partial<Trip>): Trip =>
  ({ id: 't', state: 'requested', driverId: null, createdAt: 0, changedAt: 0, ...change }) as Trip;
const node = (name: string): NodeState => ({ node: name }) as NodeState;
const nothing = { trips: [], news: [], back: new Set<string>(), seen: new Set<string>(), nodes: [], now: 0 };
const kinds = (change: Partial<Parameters<typeof alertsOf>[0]>) =>
  alertsOf({ ...nothing, ...change }).map(({ kind }) => kind);

it('tells of trips that are stuck, and no longer when they go on', () => {
  expect(kinds({ trips: [trip({})], now: 30_000 })).toEqual([]);
  expect(kinds({ trips: [trip({})], now: 61_000 })).toEqual(['no_driver']);
  expect(kinds({ trips: [trip({ state: 'arriving', driverId: 'd' })], now: 1_300_000 })).toEqual([
    'slow_approach',
  ]);
  expect(kinds({ trips: [trip({ state: 'arrived', driverId: 'd' })], now: 301_000 })).toEqual(['long_wait']);
  expect(kinds({ trips: [trip({ state: 'on_trip', driverId: 'd' })], now: 9_000_000 })).toEqual([]);
});

it('tells of a driver that fell silent for as long as it has that trip and is not back', () => {
  const payload = { kind: 'driver_silent', tripId: 't', driverId: 'd' };
  const news = [{ id: '1-1', event: 'alert', payload } as RegionEvent];
  expect(kinds({ trips: [trip({ state: 'on_trip', driverId: 'd' })], news })).toEqual(['driver_silent']);
  const back = new Set(['d']);
  expect(kinds({ trips: [trip({ state: 'on_trip', driverId: 'd' })], news, back })).toEqual([]);
  expect(kinds({ trips: [trip({ state: 'on_trip', driverId: 'other' })], news })).toEqual([]);
  expect(kinds({ trips: [], news })).toEqual([]);
});

it('tells of a node that was there and is not', () => {
  const seen = new Set(['gateway-1', 'gateway-2']);
  expect(alertsOf({ ...nothing, seen, nodes: [node('gateway-2')] })).toMatchObject([
    { kind: 'node_gone', node: 'gateway-1' },
  ]);
});
