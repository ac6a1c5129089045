import { describe, expect, test } from 'vitest';
import { destination, distanceM } from '#geo';
import { regionAt } from '#geo/cells';
import type { Zone } from '#protocol';
import { ringAround, zoneOf } from '../../../test/fixtures/zones.js';
import { nearestAllowed, queueZoneAt, refusalAt, surgeAt } from './allowed-place.js';
import { ZoneIndex } from './zone-index.js';

const CENTRE = { lat: 40.75, lng: -73.98 };
const REGION = regionAt(CENTRE);
const circle = (radiusM: number, at = CENTRE) => [[ringAround(at, radiusM, 72)]];
const east = (metres: number) => destination(CENTRE, 90, metres);
const indexOf = (...zones: Zone[]) => ZoneIndex.of<Zone>(zones.map((zone) => ({ region: REGION, zone })));

describe('a place', () => {
  test('is allowed anywhere without zones', () => {
    expect(refusalAt(indexOf(), CENTRE, 'pickup')).toBeNull();
  });

  test('outside the service area is refused, and the nearest one inside is proposed', () => {
    const index = indexOf(zoneOf('service_area', circle(5_000)));
    expect(refusalAt(index, east(4_000), 'pickup')).toBeNull();
    expect(refusalAt(index, east(6_000), 'pickup')?.code).toBe('OUTSIDE_SERVICE_AREA');
    const proposed = nearestAllowed(index, east(6_000), 'pickup')!;
    expect(refusalAt(index, proposed, 'pickup')).toBeNull();
    expect(distanceM(east(6_000), proposed)).toBeLessThan(1_020);
  });

  test('outside the service area is refused as a destination, too, and a city elsewhere is served everywhere', () => {
    const index = indexOf(zoneOf('service_area', circle(5_000)));
    expect(refusalAt(index, east(6_000), 'dropoff')?.code).toBe('DROPOFF_OUTSIDE_SERVICE_AREA');
    const proposed = nearestAllowed(index, east(6_000), 'dropoff')!;
    expect(refusalAt(index, proposed, 'dropoff')).toBeNull();
    expect(refusalAt(index, { lat: 48.85, lng: 2.35 }, 'pickup')).toBeNull();
  });

  test('in a zone without pick-ups is refused; the proposed one is neither there nor in the next such zone', () => {
    const index = indexOf(
      zoneOf('no_pickup', circle(300), { id: 'a' }),
      zoneOf('no_pickup', circle(300, east(500)), { id: 'b' }),
    );
    const place = east(290);
    expect(refusalAt(index, place, 'pickup')).toMatchObject({
      code: 'NO_PICKUP_HERE',
      zone: { kind: 'no_pickup' },
    });
    expect(refusalAt(index, place, 'dropoff')).toBeNull();
    const proposed = nearestAllowed(index, place, 'pickup')!;
    expect(refusalAt(index, proposed, 'pickup')).toBeNull();
    expect(distanceM(place, proposed)).toBeLessThan(350);
  });

  test('in a zone where trips may not end is refused as a destination only', () => {
    const index = indexOf(zoneOf('no_dropoff', circle(300)));
    expect(refusalAt(index, CENTRE, 'dropoff')?.code).toBe('NO_DROPOFF_HERE');
    expect(refusalAt(index, CENTRE, 'pickup')).toBeNull();
    expect(distanceM(CENTRE, nearestAllowed(index, CENTRE, 'dropoff')!)).toBeCloseTo(305, -1);
  });

  test('in a zone with named points is moved to the nearest one that can be walked to', () => {
    const points = [
      { id: 'n', name: 'North gate', ...destination(CENTRE, 0, 200) },
      { id: 's', name: 'South gate', ...destination(CENTRE, 180, 250) },
    ];
    const index = indexOf(zoneOf('pickup_points', circle(800), { rules: { points, maxWalkM: 400 } }));
    expect(refusalAt(index, CENTRE, 'pickup')?.code).toBe('PICKUP_POINT_REQUIRED');
    expect(nearestAllowed(index, CENTRE, 'pickup')).toMatchObject({
      name: 'North gate',
      lat: points[0]!.lat,
    });
    expect(refusalAt(index, points[1]!, 'pickup')).toBeNull();
    // Too far to walk to either.
    expect(refusalAt(index, east(700), 'pickup')).toBeNull();
  });
});

test('the largest factor of the surge zones counts, and the first queue zone by id', () => {
  const index = indexOf(
    zoneOf('surge', circle(500), { id: 'a', rules: { factor: 1.2 } }),
    zoneOf('surge', circle(300), { id: 'b', rules: { factor: 2 } }),
    zoneOf('queue', circle(300), { id: 'q-2' }),
    zoneOf('queue', circle(500), { id: 'q-1' }),
  );
  expect([surgeAt(index, CENTRE), surgeAt(index, east(400)), surgeAt(index, east(900))]).toEqual([2, 1.2, 1]);
  expect(queueZoneAt(index, CENTRE)?.zone.id).toBe('q-1');
  expect(queueZoneAt(index, east(900))).toBeNull();
});
