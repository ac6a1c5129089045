import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { destination, type Point } from '#geo';
import type { Zone } from '#protocol';
import { ringAround, zoneOf } from '../../../test/fixtures/zones.js';
import {
  type Crossing,
  decideMembership,
  decodeMembership,
  encodeMembership,
  type Membership,
  NOWHERE,
} from './membership.js';
import { ZoneIndex } from './zone-index.js';

const REGION = '832a10fffffffff';
const CENTRE = { lat: 40.75, lng: -73.98 };
const RADIUS_M = 500;
const CIRCLE = [[ringAround(CENTRE, RADIUS_M, 72)]];

const east = (metres: number): Point => destination(CENTRE, 90, metres);

function vehicle(...zones: Zone[]) {
  let index = ZoneIndex.of<Zone>(zones.map((zone) => ({ region: REGION, zone })));
  let status = 'available';
  let membership: Membership = NOWHERE;
  const all: Crossing[] = [];
  const decide = (at: Point, t: number, accuracyM: number | null, isChanged?: (id: string) => boolean) => {
    const here = {
      candidates: index.candidates(at.lat, at.lng),
      zoneOf: (id: string) => index.find(REGION, id),
      ...(isChanged === undefined ? {} : { isChanged }),
    };
    const { after, crossings } = decideMembership(REGION, membership, { ...at, t, accuracyM }, here, status);
    membership = after;
    all.push(...crossings);
    return crossings.map(({ kind }) => kind);
  };
  return {
    all,
    at: (metres: number, t: number, accuracyM: number | null = 5) =>
      decide(east(metres), t * 1_000, accuracyM),
    revise: (metres: number, t: number, ...next: Zone[]) => {
      index = ZoneIndex.of<Zone>(next.map((zone) => ({ region: REGION, zone })));
      return decide(east(metres), t * 1_000, 5, () => true);
    },
    setStatus: (next: string) => {
      status = next;
    },
    membership: () => membership,
  };
}

describe('a vehicle', () => {
  test('is inside once the circle of its accuracy is', () => {
    const car = vehicle(zoneOf('surge', CIRCLE));
    expect(car.at(480, 1, 30)).toEqual([]);
    expect(car.at(480, 2, 10)).toEqual(['entered']);
    expect(car.at(300, 3, 10)).toEqual([]);
  });

  test('is outside after three fixes beyond the border by more than the accuracy', () => {
    const car = vehicle(zoneOf('surge', CIRCLE));
    car.at(0, 0);
    expect([car.at(503, 1), car.at(510, 2), car.at(512, 3), car.at(514, 4)]).toEqual([[], [], [], ['left']]);
  });

  test('is outside after 20 s beyond the border', () => {
    const car = vehicle(zoneOf('surge', CIRCLE));
    car.at(0, 0);
    expect([car.at(600, 10), car.at(601, 30)]).toEqual([[], ['left']]);
  });

  test('that comes back within two fixes has not left', () => {
    const car = vehicle(zoneOf('surge', CIRCLE));
    car.at(0, 0);
    for (const [metres, t] of [
      [510, 1],
      [510, 2],
      [480, 3],
      [510, 4],
      [510, 5],
    ] as const)
      expect(car.at(metres, t)).toEqual([]);
  });

  test('that stands on the border does not flap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 20, maxLength: 60 }),
        (noise) => {
          const car = vehicle(zoneOf('surge', CIRCLE));
          noise.forEach((share, i) => {
            car.at(RADIUS_M - 0.6 + 8 * share, i, 8.5);
          });
          expect(car.all.length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('that a rough fix places far outside stays inside', () => {
    const car = vehicle(zoneOf('surge', CIRCLE));
    car.at(0, 0);
    for (const t of [1, 2, 3, 40]) expect(car.at(800, t, 400)).toEqual([]);
  });

  test('enters and leaves in turn, whatever it does', () => {
    const steps = fc.array(
      fc.record({
        metres: fc.integer({ min: 0, max: 900 }),
        accuracyM: fc.option(fc.integer({ min: 1, max: 300 })),
      }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const car = vehicle(
          zoneOf('alert', CIRCLE, { rules: { on: ['enter', 'exit', 'dwell'], dwellMinutes: 1 } }),
        );
        all.forEach(({ metres, accuracyM }, i) => {
          const before = car.membership();
          car.at(metres, i * 7, accuracyM);
          const after = car.membership();
          expect(decodeMembership(encodeMembership(after))).toEqual(after);
          if (encodeMembership(after) === encodeMembership(before)) expect(after).toBe(before);
        });
        const kinds = car.all.filter(({ kind }) => kind !== 'dwelled').map(({ kind }) => kind);
        expect(kinds).toEqual(kinds.map((_, i) => (i % 2 === 0 ? 'entered' : 'left')));
      }),
    );
  });
});

test('a vehicle dwells once per stay, with the time of its entry', () => {
  const car = vehicle(zoneOf('alert', CIRCLE, { rules: { on: ['dwell'], dwellMinutes: 2 } }));
  expect([car.at(0, 10), car.at(10, 129), car.at(20, 130), car.at(20, 500)]).toEqual([
    ['entered'],
    [],
    ['dwelled'],
    [],
  ]);
  expect(car.all.map(({ isAlert, since }) => [isAlert, since])).toEqual([
    [false, 10_000],
    [true, 10_000],
  ]);
});

test('an alert depends on the status of the vehicle', () => {
  const car = vehicle(zoneOf('alert', CIRCLE, { rules: { on: ['enter', 'exit'], statuses: ['busy'] } }));
  car.at(0, 0);
  car.setStatus('busy');
  for (const t of [1, 2, 3]) car.at(700, t);
  expect(car.all.map(({ kind, isAlert }) => [kind, isAlert])).toEqual([
    ['entered', false],
    ['left', true],
  ]);
});

test('dispatch is alerted of the same vehicle in a no-go zone once in a while', () => {
  const car = vehicle(zoneOf('no_go', CIRCLE, { rules: { repeatAfterS: 100 } }));
  const visit = (t: number) => {
    car.at(0, t);
    for (const after of [1, 2, 3]) car.at(700, t + after);
  };
  for (const t of [0, 50, 100, 150, 201]) visit(t);
  const entered = car.all.filter(({ kind }) => kind === 'entered');
  expect(entered.map(({ isAlert }) => isAlert)).toEqual([true, false, true, false, true]);
});

describe('when zones change', () => {
  const wide = zoneOf('surge', [[ringAround(CENTRE, 900, 72)]]);
  const narrow = zoneOf('surge', CIRCLE);

  test('a vehicle enters a zone that grew over it, and leaves one that shrank, at once', () => {
    const car = vehicle(narrow);
    expect(car.at(700, 0)).toEqual([]);
    expect(car.revise(700, 0, wide)).toEqual(['entered']);
    expect(car.revise(700, 0, narrow)).toEqual(['left']);
    expect(car.revise(700, 0, narrow)).toEqual([]);
  });

  test('a vehicle leaves a zone that is gone', () => {
    const car = vehicle(narrow);
    car.at(0, 0);
    expect(car.revise(0, 0)).toEqual(['left']);
    expect(car.all.at(-1)!.zone).toBeNull();
  });

  test('a vehicle that is still inside neither enters nor leaves', () => {
    const car = vehicle(narrow);
    car.at(0, 0);
    expect(car.revise(0, 0, wide)).toEqual([]);
  });
});
