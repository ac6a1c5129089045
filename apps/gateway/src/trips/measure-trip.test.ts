import { expect, test } from 'vitest';
import { Metrics, Readiness } from '#ops';
import { begin, type TripRecord } from '#trips';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { measureTrip } from './measure-trip.js';

const HERE = { lat: 40.75, lng: -73.99 };
const requested = begin({ id: 't', riderId: 'r', driverId: null, pickup: HERE, dropoff: HERE }, 1_000);
const offer = { driverId: 'd', expiresAt: 20_000, distanceM: 1, durationS: 1, by: 'straight_line' } as const;
const offered: TripRecord = { ...requested, state: 'offered', offer, version: 2 };
const accepted: TripRecord = {
  ...offered,
  state: 'accepted',
  driverId: 'd',
  offer: null,
  changedAt: 6_000,
  version: 3,
};

async function counted(...changes: Array<[TripRecord | null, TripRecord]>): Promise<string[]> {
  const registry = new Metrics('n');
  const metrics = new GatewayMetrics(registry, new Readiness());
  for (const [before, after] of changes) measureTrip(metrics, { before, after });
  const text = await registry.registry.metrics();
  return text
    .split('\n')
    .filter((line) =>
      /^hexfleet_(trips_ended_total|offers_ended_total|trip_match_seconds_(sum|count))\{/.test(line),
    )
    .map((line) => line.replace(/^hexfleet_|,?node="n"/g, ''))
    .filter((line) => !line.endsWith(' 0'));
}

test('an accepted offer and the time to it are counted once, also when the change is handled again', async () => {
  expect(await counted([requested, offered], [offered, accepted], [accepted, accepted])).toEqual([
    'trip_match_seconds_sum{} 5',
    'trip_match_seconds_count{} 1',
    'offers_ended_total{outcome="accepted"} 1',
  ]);
});

test.each([
  ['expired', 20_001],
  ['withdrawn', 19_000],
])('an offer that a driver does not take counts as %s', async (outcome, changedAt) => {
  const passed: TripRecord = { ...requested, state: 'requested', changedAt, version: 3 };
  expect(await counted([offered, passed])).toEqual([`offers_ended_total{outcome="${outcome}"} 1`]);
});

test('an ended trip counts by its outcome', async () => {
  const completed: TripRecord = { ...accepted, state: 'completed', version: 4 };
  const cancelled = { by: 'service', reason: 'no_driver' } as const;
  const given: TripRecord = { ...requested, state: 'cancelled', cancelled, version: 2 };
  expect(await counted([accepted, completed], [requested, given])).toEqual([
    'trips_ended_total{outcome="completed"} 1',
    'trips_ended_total{outcome="no_driver"} 1',
  ]);
});
