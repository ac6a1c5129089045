import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type Behaviour,
  babbling,
  failing,
  type Osrm,
  oneWithoutWay,
  refusing,
  silent,
  startOsrm,
  well,
} from '../../../../../test/fixtures/osrm.js';
import { OsrmRouter } from './osrm-router.js';
import { StraightLineRouter } from './router.js';

const TO = { lat: 40.75, lng: -73.99 };
const STARTS = [
  { lat: 40.76, lng: -73.98, paceMps: 5 },
  { lat: 40.74, lng: -0.0000001, paceMps: 10 },
];
const KNOWN = [
  { distanceM: 1_000, durationS: 60, by: 'osrm' },
  { distanceM: 2_000, durationS: 120, by: 'osrm' },
];

let osrm: Osrm;
let router: OsrmRouter;
let straight: Awaited<ReturnType<StraightLineRouter['estimates']>>;
const failures = {
  count: 0,
  inc: () => {
    failures.count += 1;
  },
};

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  failures.count = 0;
  osrm = await startOsrm();
  router = new OsrmRouter(`${osrm.url}/`, failures);
  straight = await new StraightLineRouter().estimates(STARTS, TO);
});
afterEach(async () => {
  vi.useRealTimers();
  await osrm.stop();
});

test('without OSRM, an estimate is the straight line times a factor, at the pace of each car', () => {
  expect(straight[0]).toEqual({ distanceM: 1_883, durationS: 377, by: 'straight_line' });
});

test('one request estimates all routes', async () => {
  expect(await router.estimates(STARTS, TO)).toEqual(KNOWN);
  expect(osrm.asked).toEqual([
    '/table/v1/driving/-73.980000,40.760000;-0.000000,40.740000;-73.990000,40.750000' +
      '?sources=0;1&destinations=2&annotations=duration,distance',
  ]);
  expect(await router.estimates([], TO)).toEqual([]);
  expect(osrm.asked).toHaveLength(1);
  expect(failures.count).toBe(0);
});

test('only a start without a route falls back to the straight line', async () => {
  osrm.behave(oneWithoutWay);
  expect(await router.estimates(STARTS, TO)).toEqual([straight[0], KNOWN[1]]);
  expect(failures.count).toBe(0);
});

test('starts above the limit of OSRM fall back to the straight line', async () => {
  const many = Array.from({ length: 120 }, () => STARTS[0]!);
  const estimates = await router.estimates(many, TO);
  expect(estimates.map(({ by }) => by)).toEqual(many.map((_, i) => (i < 99 ? 'osrm' : 'straight_line')));
});

test.each(['NoSegment', 'NoTable', 'TooBig'])('after %s the next request is sent at once', async (code) => {
  osrm.behave(refusing(code));
  expect(await router.estimates(STARTS, TO)).toEqual(straight);
  expect(failures.count).toBe(1);
  osrm.behave(well);
  expect(await router.estimates(STARTS, TO)).toEqual(KNOWN);
});

test('a route and the nearest street come from its other services', async () => {
  const line = [
    [-73.98, 40.75],
    [-73.97, 40.76],
  ];
  const route = { distance: 1234.4, duration: 99.6, geometry: { coordinates: line } };
  osrm.behave((response) => response.end(JSON.stringify({ code: 'Ok', routes: [route] })));
  expect(await router.route({ ...STARTS[0]!, heading: 359.7 }, TO)).toEqual({
    distanceM: 1234,
    durationS: 100,
    by: 'osrm',
    line: [
      { lat: 40.75, lng: -73.98 },
      { lat: 40.76, lng: -73.97 },
    ],
  });
  expect(osrm.asked.at(-1)).toMatch(
    /^\/route\/v1\/driving\/.*overview=full&geometries=geojson&bearings=0,90;$/,
  );
  const waypoint = { location: line[0], distance: 12.5 };
  osrm.behave((response) => response.end(JSON.stringify({ code: 'Ok', waypoints: [waypoint] })));
  expect(await router.nearest(TO)).toEqual({ lat: 40.75, lng: -73.98, awayM: 12.5 });
  osrm.behave(refusing('NoRoute'));
  expect(await router.route(STARTS[0]!, TO)).toBeNull();
  osrm.behave(failing);
  expect(await router.nearest(TO)).toBeNull();
});

describe('an OSRM that', () => {
  const bad: Array<[string, Behaviour]> = [
    ['fails', failing],
    ['breaks off its response', babbling],
    ['never responds', silent],
    ['has an unknown code', refusing('Teapot')],
    ['has no distances', (response) => response.end('{"code":"Ok","durations":[[1],[2]]}')],
    ['closes the connection', (response) => response.destroy()],
  ];
  test.each(bad)('%s gets no requests for five seconds', async (_, how) => {
    osrm.behave(how);
    expect(await router.estimates(STARTS, TO)).toEqual(straight);
    expect(failures.count).toBe(1);
    osrm.behave(well);
    vi.setSystemTime(Date.now() + 4_999);
    expect(await router.estimates(STARTS, TO)).toEqual(straight);
    expect(osrm.asked).toHaveLength(1);
    vi.setSystemTime(Date.now() + 1);
    expect(await router.estimates(STARTS, TO)).toEqual(KNOWN);
    expect(failures.count).toBe(1);
  });

  test('cannot be reached counts as failed', async () => {
    await osrm.stop();
    expect(await router.estimates(STARTS, TO)).toEqual(straight);
    expect(failures.count).toBe(1);
    osrm = await startOsrm(Number(new URL(osrm.url).port));
    vi.setSystemTime(Date.now() + 5_000);
    expect(await router.estimates(STARTS, TO)).toEqual(KNOWN);
  });
});
