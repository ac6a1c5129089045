import { describe, expect, test } from 'vitest';
import { type Change, type DriverEvent, departed, type KnownDriver } from '#store';
import { fold } from './fold.js';

const T = 1_800_000_000_000;
const unknown: KnownDriver = {
  driverId: 'd',
  record: null,
  region: null,
  stored: null,
  claimed: 0,
  status: 'available',
  shift: 0,
  statusAt: 0,
};
const fix = (seconds: number, metresNorth = 0): DriverEvent => ({
  driverId: 'd',
  receivedAt: T,
  fix: { t: T + seconds * 1_000, lat: 40 + metresNorth / 111_195, lng: -74 },
});
const change = (to: Change, order = 1): DriverEvent => ({ driverId: 'd', receivedAt: T, change: to, order });
const known = (...events: DriverEvent[]): KnownDriver => {
  const { after, status, shift, statusAt } = fold(unknown, events, 1_000);
  return { driverId: 'd', record: after, region: 'r', stored: 1_000, claimed: 1, status, shift, statusAt };
};

describe('events of one driver', () => {
  test('count a fix that the track already holds as repeated, not late', () => {
    const outcome = fold(known(fix(10)), [fix(5), fix(6)], 9, new Set([T + 5_000]));
    expect(outcome.counts).toMatchObject({ late: 1, repeated: 1 });
    expect(outcome.track).toHaveLength(1);
  });

  test('move it in order of time and return each accepted fix', () => {
    const outcome = fold(unknown, [fix(0), fix(2, 20), fix(1, 10), fix(2, 20), fix(3, 30)], 7);
    expect(outcome.accepted.map((item) => item.fix.t - T)).toEqual([0, 2_000, 3_000]);
    expect(outcome.counts).toEqual({ late: 1, repeated: 1, implausible: 0, refused: 0 });
    expect(outcome.track.map(({ t, late = false }) => [t - T, late])).toEqual([
      [0, false],
      [2_000, false],
      [1_000, true],
      [3_000, false],
    ]);
    expect(outcome).toMatchObject({ before: null, after: { t: T + 3_000, status: 'available', version: 7 } });
  });

  test('keep it present with a late fix, but do not bring back a driver that left', () => {
    expect(fold(known(fix(10)), [fix(5)], 9).after).toMatchObject({ t: T + 10_000, version: 9 });
    const gone: KnownDriver = { ...known(fix(10)), record: departed(known(fix(10)).record!, 2_000) };
    expect(fold(gone, [fix(5)], 9)).toMatchObject({
      after: { present: false },
      accepted: [],
      counts: { late: 1 },
    });
    expect(fold(gone, [fix(11)], 9).after).toMatchObject({ t: T + 11_000, present: true });
  });

  test('remove it from the index when it goes offline, and later fixes do not bring it back', () => {
    const outcome = fold(known(fix(0)), [fix(1), change('offline'), fix(2)], 9);
    expect(outcome).toMatchObject({ after: { present: false, status: 'offline' }, status: 'offline' });
    expect(outcome.accepted).toHaveLength(1);
    const off = known(fix(0), change('offline'));
    expect(fold(off, [change('available'), fix(3)], 9).after).toMatchObject({ present: true });
  });

  test('make it busy during a trip, and give it a new pseudonym afterwards', () => {
    const during = fold(known(fix(0)), [change('trip:begun')], 9);
    expect(during).toMatchObject({ status: 'busy', shift: 0 });
    const afterwards = fold({ ...known(fix(0)), status: 'busy' }, [change('trip:over')], 9);
    expect(afterwards).toMatchObject({ status: 'available', shift: 1 });
    expect(fold({ ...known(fix(0)), status: 'offline' }, [change('trip:over')], 9).status).toBe('offline');
  });

  test('ignore a status change that is delivered again after a newer one', () => {
    const back = known(fix(0), change('offline', 5), change('available', 6), fix(1));
    const outcome = fold(back, [change('offline', 5), fix(2)], 9);
    expect(outcome).toMatchObject({ status: 'available', statusAt: 6, after: { t: T + 2_000 } });
    expect(fold(back, [change('offline', 7)], 9).after).toMatchObject({ present: false });
  });

  test('leave what the last fix carried besides the position, if it moved the driver', () => {
    const extras = { altitudeM: 3, batteryPct: 50, isMock: true, provider: 'gps' };
    const mocked = known({ ...fix(10), extras } as DriverEvent);
    expect(mocked.record).toMatchObject({ extras });
    expect(fold(mocked, [fix(5)], 9).after, 'a late fix').toMatchObject({ extras });
    expect(fold(mocked, [fix(11)], 9).after).toMatchObject({ extras: null });
  });
});
