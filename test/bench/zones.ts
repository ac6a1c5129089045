import booleanPointInPolygon from '@turf/boolean-point-in-polygon';
import { destination, type Point } from '#geo';
import { regionAt } from '#geo/cells';
import type { Zone } from '#protocol';
import { decideMembership, type IndexedZone, type Membership, NOWHERE, ZoneIndex } from '#zones';
import { ringAround, seeded, zoneOf } from '../fixtures/zones.js';
import type { Bench, Flags } from './bench.js';
import { markdown, round } from './report.js';

const CENTRE = { lat: 40.75, lng: -73.98 };
const REGION = regionAt(CENTRE);
const ZONES = 1_000;
const VERTICES = 100;
const VEHICLES = 10_000;
/** Fixes of one second. */
const FIXES_PER_S = 8_000;
const CITY_M = 20_000;
const STEP_M = 12;
const MAX_US = 3;

type Row = { test: string; usPerFix: number; inside: number };

/** Measures what the zones of a fix cost, and compares the answers with those of testing every zone, also with turf. */
export const zones = {
  options: { rounds: { type: 'string' } },
  usage: '[--rounds N]',
  run: async (flags: Flags) => {
    const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 5));
    const index = await ZoneIndex.build<Zone>(cityZones(), [REGION]);
    const drives = drivesOf(flags.quick ? 2 : 10);
    const few = drives.slice(0, flags.quick ? 200 : 2_000);
    const rows: Row[] = [
      best(rounds, 'membership with hysteresis', drives, memberships(index)),
      best(rounds, 'index', drives, (at) => index.at(at).length),
      best(1, 'every zone, without an index', few, (at) => bruteForce(index.zones, at).length),
      best(1, 'every zone with turf', few, turf(index.zones)),
    ];
    const differing = few.filter((at) => !isSame(index.at(at), bruteForce(index.zones, at))).length;
    const [decided, , own, theirs] = rows as [Row, Row, Row, Row];
    const checks = [
      { what: 'µs per fix to decide its zones', found: decided.usPerFix, atMost: MAX_US },
      { what: 'fixes whose zones differ from testing every zone', found: differing, atMost: 0 },
      { what: 'answers that differ from turf’s', found: Math.abs(own.inside - theirs.inside), atMost: 0 },
    ];
    return { rows, table: tableOf(rows), checks };
  },
} satisfies Bench;

function* cityZones(): Generator<{ region: string; zone: Zone }> {
  const random = seeded(1);
  for (let i = 0; i < ZONES; i += 1) {
    const at = destination(CENTRE, 360 * random(), CITY_M * Math.sqrt(random()));
    const ring = ringAround(at, 200 + 1_000 * random(), VERTICES, random);
    yield { region: REGION, zone: zoneOf('alert', [[ring]], { id: `z-${i}` }) };
  }
}

type Drive = Point & { vehicle: number; t: number };

/** Returns the fixes of some seconds: each vehicle drives on from its last fix. */
function drivesOf(seconds: number): Drive[] {
  const random = seeded(2);
  const vehicles = Array.from({ length: VEHICLES }, () => ({
    at: destination(CENTRE, 360 * random(), CITY_M * Math.sqrt(random())),
    heading: 360 * random(),
  }));
  return Array.from({ length: seconds * FIXES_PER_S }, (_, i) => {
    const vehicle = i % VEHICLES;
    const car = vehicles[vehicle]!;
    car.heading += 20 * (random() - 0.5);
    car.at = destination(car.at, car.heading, STEP_M);
    return { ...car.at, vehicle, t: 1_000 * Math.ceil((i + 1) / VEHICLES) };
  });
}

/** Decides as a processor does, with the state of each vehicle in memory. */
function memberships(index: ZoneIndex): (drive: Drive) => number {
  const states: Membership[] = new Array(VEHICLES).fill(NOWHERE);
  const zoneOfId = (zoneId: string) => index.find(REGION, zoneId);
  return ({ vehicle, t, lat, lng }) => {
    const before = states[vehicle]!;
    const candidates = index.candidates(lat, lng);
    if (candidates.length === 0 && before.stays.length === 0) return 0;
    const fix = { t, lat, lng, accuracyM: 8 };
    const { after } = decideMembership(REGION, before, fix, { candidates, zoneOf: zoneOfId }, 'available');
    states[vehicle] = after;
    return after.stays.length;
  };
}

const bruteForce = (all: readonly IndexedZone[], { lat, lng }: Point): IndexedZone[] =>
  all.filter(({ border }) => border.contains(lat, lng));

function turf(all: readonly IndexedZone[]): (at: Point) => number {
  const polygons = all.map(({ zone }) => ({
    type: 'Polygon' as const,
    coordinates: zone.polygons[0]!.map((ring) => [...ring, ring[0]!]),
  }));
  return ({ lat, lng }) =>
    polygons.reduce((sum, polygon) => sum + Number(booleanPointInPolygon([lng, lat], polygon)), 0);
}

const isSame = (a: IndexedZone[], b: IndexedZone[]): boolean =>
  a.length === b.length && a.every((each) => b.includes(each));

/** Returns the fastest of some rounds: the others were interrupted. */
function best(rounds: number, test: string, drives: Drive[], zonesAt: (drive: Drive) => number): Row {
  let usPerFix = Number.POSITIVE_INFINITY;
  let inside = 0;
  for (let n = 0; n < rounds; n += 1) {
    const from = performance.now();
    inside = 0;
    for (const drive of drives) inside += zonesAt(drive);
    usPerFix = Math.min(usPerFix, (1_000 * (performance.now() - from)) / drives.length);
  }
  return { test, usPerFix, inside };
}

const tableOf = (rows: Row[]): string =>
  markdown(
    ['test', 'µs per fix', 'times the first'],
    rows.map(({ test, usPerFix }) => [test, round(usPerFix), round(usPerFix / rows[0]!.usPerFix)]),
  );
