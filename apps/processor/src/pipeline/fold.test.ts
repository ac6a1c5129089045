import { describe, expect, test } from 'vitest';
import { type Change, type DriverEvent, departed, type KnownDriver, shownCar } from '#store';
import { unknownDriver } from '../../../../test/fixtures/records.js';
import { fold as foldWith, type Outcome } from './fold.js';

const T = 1_800_000_000_000;
const SILENT_MS = 30_000;
const fold = (known: KnownDriver, events: DriverEvent[], version: number, kept?: Set<number>): Outcome =>
  foldWith(known, events, version, SILENT_MS, () => 0.5, kept);
const unknown = unknownDriver('d');
/** @param delayS from the time of the fix to its arrival */
const fix = (seconds: number, metresNorth = 0, delayS = 0): DriverEvent => ({
  driverId: 'd',
  receivedAt: T + (seconds + delayS) * 1_000,
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

  test('note why a fix did not move it, and nothing about fixes that did or were repeated', () => {
    const { notes } = fold(unknown, [fix(2), fix(1), fix(2), fix(3, 9_000)], 7);
    expect(notes).toEqual([
      { outcome: 'late', why: 'order', t: T + 1_000 },
      { outcome: 'implausible', why: 'jump', t: T + 3_000 },
    ]);
    expect(fold(unknown, [fix(2), fix(2)], 7).notes).toEqual([]);
    expect(fold(known(fix(2)), [fix(1.5, 0, 40)], 7).notes).toEqual([
      { outcome: 'late', why: 'silent', t: T + 1_500 },
    ]);
    expect(fold(known(fix(2)), [fix(90, 0, -80)], 7).notes).toEqual([
      { outcome: 'refused', why: 'future', t: T + 90_000 },
    ]);
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

  test('put the fixes of a jump into the track once it is confirmed, and only count them if it is not', () => {
    const jump = [1, 2, 3, 4].map((second) => fix(second, 8_000 + second * 10));
    const driver = known(fix(0), ...jump.slice(0, 2));
    const held = fold(driver, jump.slice(2), 9);
    expect(held).toMatchObject({ accepted: [], track: [], counts: { implausible: 2 } });
    const waiting: KnownDriver = { ...driver, record: held.after };
    const confirmed = fold(waiting, [fix(5, 8_050)], 10);
    expect(confirmed.track.map(({ t }) => t - T)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
    expect(confirmed.track.every(({ late }) => late === false)).toBe(true);
    expect(confirmed.track[2]!.speedMps).toBeLessThan(70);
    expect(confirmed.accepted).toHaveLength(1);
    const rejected = fold(waiting, [fix(5, 20)], 10);
    expect(rejected.track.map(({ t }) => t - T)).toEqual([5_000]);
    expect(rejected.after!.counts).toMatchObject({ implausible: 4 });
  });

  test('keep it present only with a newer position: a late or repeated fix and a status are none', () => {
    const driver = known(fix(10));
    for (const event of [fix(5, 0, 20), fix(10, 0, 20), change('busy')]) {
      const { after } = fold(driver, [event], 9);
      expect(after).toMatchObject({ present: true, receivedAt: T + 10_000, version: 9 });
    }
    expect(fold(driver, [fix(20)], 9).after).toMatchObject({ receivedAt: T + 20_000 });
    const gone: KnownDriver = { ...driver, record: departed(driver.record!, 2_000) };
    expect(fold(gone, [fix(5)], 9)).toMatchObject({
      after: { present: false },
      accepted: [],
      counts: { late: 1 },
    });
    expect(fold(gone, [fix(11)], 9).after).toMatchObject({ t: T + 11_000, present: true });
  });

  test('keep it present with a rough fix, which shows that the last position is still about right', () => {
    const rough = { ...fix(20), fix: { t: T + 20_000, lat: 40, lng: -74, accuracyM: 1_500 } };
    expect(fold(known(fix(10)), [rough], 9)).toMatchObject({
      after: { t: T + 10_000, receivedAt: T + 20_000 },
      counts: { implausible: 1 },
    });
  });

  test('put a fix that is too old on arrival into the track, and neither show nor move the driver', () => {
    const cached = fold(unknown, [change('available'), fix(0, 0, 10_800)], 9);
    expect(cached).toMatchObject({ accepted: [], counts: { late: 1 }, after: { present: false } });
    expect(cached.track).toMatchObject([{ t: T, late: true }]);
    const moving = fold(known(fix(0)), [fix(2, 20, 40)], 9);
    expect(moving).toMatchObject({ accepted: [], after: { t: T, present: true, receivedAt: T } });
    expect(moving.track).toHaveLength(1);
    expect(fold(unknown, [fix(0, 0, 29)], 9).after).toMatchObject({ present: true });
  });

  test('do not take a fix for old because of a slow clock', () => {
    const event = { ...fix(0, 0, 120), slowMs: 119_000 };
    expect(fold(unknown, [event], 9)).toMatchObject({
      after: { t: T, present: true, receivedAt: T + 120_000 },
      accepted: [{ takenAt: T + 119_000 }],
    });
  });

  test('never have a watermark more than two seconds after their arrival', () => {
    const early = fix(55, 0, -55);
    const { after } = fold(unknown, [early], 9);
    expect(after).toMatchObject({ t: T + 2_000, present: true });
    const next = fold(known(early), [{ ...fix(3, 20), receivedAt: T + 3_000 }], 9);
    expect(next.accepted).toHaveLength(1);
  });

  test('keep in the track whether the device reported a speed, and derive heading and speed of late fixes', () => {
    const reported: DriverEvent = { ...fix(0), fix: { t: T, lat: 40, lng: -74, speedMps: 0 } } as DriverEvent;
    expect(fold(unknown, [reported, fix(1)], 9).track).toMatchObject([
      { isSpeedReported: true, speedMps: 0 },
      { isSpeedReported: false },
    ]);
    const late = fold(known(fix(100)), [fix(10), fix(20, 200)], 9).track;
    expect(late).toMatchObject([{ late: true }, { late: true, heading: 0, speedMps: expect.closeTo(20, 0) }]);
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

  describe('conceal it from riders', () => {
    /** Fixes of a car that drives north at 10 m/s. */
    const path = (fromS: number, toS: number) =>
      Array.from({ length: (toS - fromS) / 5 + 1 }, (_, i) => fix(fromS + 5 * i, 10 * (fromS + 5 * i)));
    const shownAfter = (...events: DriverEvent[]) => shownCar(fold(unknown, events, 9).after!);

    test('until it has driven for a while, and when it has become busy', () => {
      expect(shownAfter(...path(0, 35))).toBeNull();
      expect(shownAfter(...path(0, 45))).toMatchObject({ lng: expect.closeTo(-74, 3) });
      expect(shownAfter(...path(0, 45), change('trip:begun'))).toBeNull();
    });

    test('after a trip: for two minutes and 650 m here', () => {
      const trip = [...path(0, 45), change('trip:begun', 2), change('trip:over', 3)];
      expect(fold(unknown, trip, 9).after!.concealment).toMatchObject({ until: T + 120_000, leftM: 650 });
      expect(shownAfter(...trip, ...path(50, 130))).toBeNull();
      expect(shownAfter(...trip, ...path(50, 140))).not.toBeNull();
    });

    test('again after a break, after an absence and after a jump', () => {
      const pause = [...path(0, 45), change('offline', 2), change('available', 3)];
      expect(shownAfter(...pause, ...path(50, 80))).toBeNull();
      expect(shownAfter(...pause, ...path(50, 95))).not.toBeNull();

      const seen = known(...path(0, 45));
      const silent = { ...seen, record: departed(seen.record!, 1_001) };
      const [short, long] = [100, 600].map((s) => fold(silent, [fix(s, 460)], 9).after!);
      expect([short!.shift, shownCar(short!)]).toEqual([0, expect.anything()]);
      expect([long!.shift, shownCar(long!)]).toEqual([1, null]);
      // Five fixes over four seconds confirm a jump.
      const jump = [50, 51, 52, 53, 54].map((s) => fix(s, 90_000 + s));
      expect(shownAfter(...path(0, 45), ...jump)).toBeNull();
    });

    test('while its name changes', () => {
      const states = Array.from({ length: 160 }, (_, i) => fold(unknown, path(0, 5 * i), 9).after!);
      const renamed = states.findIndex(({ shift }) => shift === 1);
      const { concealment, receivedAt } = states[renamed]!;
      expect(concealment.until - receivedAt).toBe(40_000);
      // 800 m, and 200 m behind, at 10 m/s.
      expect(states.slice(renamed, renamed + 20).map(shownCar)).toEqual(Array(20).fill(null));
      expect(states.slice(renamed, renamed + 23).some((state) => shownCar(state) !== null)).toBe(true);
    });
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
