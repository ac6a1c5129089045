import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS } from '#protocol';
import {
  countUpTo,
  hourOf,
  packTrackFix,
  TRACK_FIX_BYTES,
  type TrackFix,
  unpackTrackFix,
  unpackTrackFixes,
  writeTrackFix,
} from './track.js';

const PLAIN = { lat: 40.75, lng: -73.99, heading: 90, speedMps: 8.5, accuracyM: 5, late: false };

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const anyFix: fc.Arbitrary<TrackFix> = fc.record({
  t: fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 }),
  lat: double(-90, 90),
  lng: double(-180, 180),
  heading: double(0, 359.999_999),
  speedMps: double(0, 1_000),
  accuracyM: fc.option(double(0, 100_000)),
  late: fc.boolean(),
  isSpeedReported: fc.boolean(),
});

test('packing and unpacking a fix keeps it within the precision of its 18 bytes', () => {
  fc.assert(
    fc.property(anyFix, (fix) => {
      const bytes = packTrackFix(fix);
      expect(bytes.length).toBe(18);
      const read = unpackTrackFix(bytes, hourOf(fix.t));
      const { t, late, isSpeedReported } = fix;
      expect(read).toMatchObject({ t, late, isSpeedReported });
      expect(Math.abs(read.lat - fix.lat)).toBeLessThan(0.6e-7);
      expect(Math.abs(read.lng - fix.lng)).toBeLessThan(0.6e-7);
      expect(read.heading).toBeGreaterThanOrEqual(0);
      expect(read.heading).toBeLessThan(360);
      const turned = Math.abs(read.heading - fix.heading);
      expect(Math.min(turned, 360 - turned)).toBeLessThan(0.0051);
      expect(Math.abs(read.speedMps - Math.min(fix.speedMps, 655.34))).toBeLessThan(0.0051);
      if (fix.accuracyM === null) expect(read.accuracyM).toBeNull();
      else expect(Math.abs(read.accuracyM! - Math.min(fix.accuracyM, 6_553.4))).toBeLessThan(0.051);
      expect(unpackTrackFix(packTrackFix(read), hourOf(read.t)), 'packing it again changes nothing').toEqual(
        read,
      );
    }),
  );
});

test('each value is at the offset that the format documents', () => {
  const fix = {
    t: 480_000 * 3_600_000 + 0x010203,
    lat: -33.87,
    lng: 151.21,
    heading: 359.99,
    speedMps: 10.5,
    accuracyM: null,
    late: true,
  };
  expect(packTrackFix(fix).toString('hex')).toBe('010203ebcfd9205a20d0a08c9f041affff01');
});

test('the end of an hour, the poles and the antimeridian can be packed', () => {
  for (const [lat, lng] of [
    [90, 180],
    [-90, -180],
  ] as const) {
    const flags = { late: false, isSpeedReported: false };
    const fix = { t: 3_600_000 * 8 - 1, lat, lng, heading: 0, speedMps: 0, accuracyM: 0, ...flags };
    expect(unpackTrackFix(packTrackFix(fix), 7)).toEqual(fix);
  }
  expect(hourOf(3_600_000 * 8)).toBe(8);
});

test('an element holds the fixes one after another, then the number in the list; one of an earlier version holds one fix', () => {
  const hour = 480_000;
  const fixes = [1, 2, 3].map((n) => unpackTrackFix(packTrackFix({ ...PLAIN, t: hour * HOUR_MS + n }), hour));
  const buffer = Buffer.alloc(3 * TRACK_FIX_BYTES + 2);
  for (const [i, fix] of fixes.entries()) writeTrackFix(fix, buffer, i * TRACK_FIX_BYTES);
  buffer.writeUInt16BE(20_000, 3 * TRACK_FIX_BYTES);
  expect(unpackTrackFixes(buffer, hour)).toEqual(fixes);
  expect(countUpTo(buffer)).toBe(20_000);
  expect(unpackTrackFixes(packTrackFix(fixes[1]!), hour)).toEqual([fixes[1]]);
  expect(countUpTo(packTrackFix(fixes[1]!))).toBe(0);
});
