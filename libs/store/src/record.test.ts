import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AT_START, MAX_PATH_POINTS } from '#geo';
import { regionOf } from '#geo/cells';
import { recordAt } from '../../../test/fixtures/records.js';
import { orderOf, packEvents, partitionOf, unpackEvents } from './fix-stream.js';
import { type DriverRecord, vehicleOf } from './record.js';
import {
  decodeRecord,
  encodeRecord,
  isReadable,
  positionOf,
  receivedAtOf,
  tailOf,
  versionOf,
} from './record-bytes.js';

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((value) => value + 0);
const degrees = (largest: number) =>
  fc.integer({ min: -largest * 1e7, max: largest * 1e7 }).map((n) => n / 1e7);
const position = { lat: degrees(90), lng: degrees(180) };
const value = fc.option(double(0, 1_000));
const time = fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 });

test('encoding and decoding a record keeps positions to the centimetre and everything else exactly or to 0.01', () => {
  const points = fc.array(fc.integer({ min: -30_000, max: 30_000 }), {
    maxLength: 2 * MAX_PATH_POINTS,
  });
  const stored = fc.record({
    driverId: fc.constant('d'),
    version: fc.integer({ min: 1, max: 4e15 }),
    t: time,
    ...position,
    heading: double(0, 359.999),
    speedMps: double(0, 70),
    accuracyM: fc.option(double(0, 1_000).map(Math.fround)),
    status: fc.constantFrom('available' as const, 'busy' as const, 'offline' as const),
    cell: fc.constant('862a1072fffffff'),
    present: fc.constant(false),
    counts: fc.record({ late: fc.nat(), repeated: fc.nat(), implausible: fc.nat(), refused: fc.nat() }),
    anchor: fc.record({ t: time, ...position }),
    receivedAt: time,
    tail: fc.oneof(
      fc.constant(''),
      fc
        .uint8Array({ minLength: 18, maxLength: 126 })
        .map((tail) => `480000${Buffer.from(tail).toString('latin1')}`),
    ),
    shift: fc.nat(),
    concealment: fc.record({
      until: time,
      leftM: fc.integer({ min: 0, max: 1_000 }),
      renameSlot: fc.nat(),
      offsets: points,
    }),
    statusAt: fc.nat(),
    extras: fc.option(
      fc.record({
        altitudeM: fc.option(fc.integer({ min: -120_000, max: 1_000_000 }).map((n) => n / 10)),
        batteryPct: fc.option(fc.integer({ min: 0, max: 100 })),
        isMock: fc.option(fc.boolean()),
        provider: fc.option(fc.stringMatching(/^[A-Za-z0-9_.:+-]{1,32}$/)),
      }),
    ),
    held: fc.option(
      fc.record({
        t: time,
        ...position,
        since: time,
        fixes: fc.nat(),
        path: fc.array(
          fc.record({ t: time, ...position, accuracyM: value, heading: value, speedMps: value }),
          { maxLength: 5 },
        ),
      }),
    ),
  });
  const record = stored.map(({ concealment: { offsets, ...concealment }, ...rest }) => {
    const at = [rest.lat, rest.lng].map((degrees) => Math.round(Math.round(degrees * 1e7) / 100));
    const points = offsets.slice(0, 2 * Math.floor(offsets.length / 2));
    const path = points.map((offset, i) => at[i % 2]! + offset);
    // A longitude in a path is within half a turn of 0.
    const isValid = path.every((unit, i) => i % 2 === 0 || Math.abs(unit) < 18_000_000);
    return { ...rest, concealment: { ...concealment, path: isValid ? path : [] } };
  });
  fc.assert(
    fc.property(record, (before) => {
      const bytes = encodeRecord(before as DriverRecord);
      const after = decodeRecord('d', regionOf(before.cell), bytes);
      expect([receivedAtOf(bytes), tailOf(bytes)]).toEqual([before.receivedAt, before.tail]);
      expect([isReadable(bytes), versionOf(bytes)]).toEqual([true, before.version]);
      const { heading, speedMps, ...exact } = after;
      expect(exact).toEqual((({ heading: _, speedMps: __, ...rest }) => rest)(before));
      expect(Math.abs(heading - before.heading)).toBeLessThan(0.011);
      expect(Math.abs(speedMps - before.speedMps)).toBeLessThan(0.011);
      expect(vehicleOf(after).heading).toBeLessThan(360);
    }),
  );
});

test('a path across the antimeridian, and the concealment at the beginning of a shift, are kept', () => {
  const at = recordAt('d', 1_795_931_026_070, { lat: 1, lng: 179.9999 });
  const path = [100_010, 17_999_995, 100_040, -17_999_980];
  for (const concealment of [AT_START, { until: 0, leftM: 0, renameSlot: 7, path }]) {
    const record = { ...at, concealment };
    expect(decodeRecord('d', regionOf(at.cell), encodeRecord(record)).concealment).toEqual(concealment);
  }
  expect(encodeRecord(at).length).toBeLessThan(
    encodeRecord({ ...at, concealment: { ...AT_START, path } }).length,
  );
});

test('a record of version 0.1, which is text, is read', () => {
  const bytes = Buffer.from(
    '1795931026117354|0d7O|1795931026070|407500000|-739896000|9000|842||1|1795931026117000|1,0,2,0|1000,0,-1000|',
  );
  expect([isReadable(bytes), versionOf(bytes), tailOf(bytes)]).toEqual([true, 1_795_931_026_117_354, '']);
  const record = decodeRecord('d', '832a10fffffffff', bytes);
  expect(record).toMatchObject({
    cell: '862a100d7ffffff',
    status: 'offline',
    present: false,
    lat: 40.75,
    lng: -73.9896,
    heading: 90,
    accuracyM: null,
    counts: { late: 1, repeated: 0, implausible: 2, refused: 0 },
    anchor: { t: 1_795_931_025_070, lat: 40.75, lng: -73.9895 },
  });
  expect(positionOf(bytes)).toMatchObject({ lat: 40.75, lng: -73.9896 });
  expect(receivedAtOf(bytes)).toBe(record.receivedAt);
});

test.each(['', 'an older format', '\x02', '\x03 a later format'])('%j is no record', (text) => {
  expect(isReadable(Buffer.from(text, 'latin1'))).toBe(false);
});

test('packing and unpacking events keeps them, and adds the order of the stream entry', () => {
  const events = [
    {
      driverId: 'a',
      receivedAt: 5,
      fix: { t: 1, lat: 2.5, lng: -3, accuracyM: null, heading: 12, speedMps: null },
    },
    {
      driverId: 'a',
      receivedAt: 5,
      fix: { t: 2, lat: 2.5, lng: -3, accuracyM: 4, heading: null, speedMps: null },
      extras: { altitudeM: -430, batteryPct: null, isMock: true, provider: 'gps' },
    },
    { driverId: 'b', receivedAt: 6, change: 'trip:over' as const, order: 1_800_000_000_000_007 },
  ];
  expect(unpackEvents(packEvents(events), orderOf('1800000000000-7'))).toEqual(events);
});

test('drivers are spread evenly over partitions, and each keeps its partition', () => {
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 4_000; i += 1) counts[partitionOf(`car-${i}`, 4)]! += 1;
  for (const count of counts) expect(count).toBeGreaterThan(850);
  expect(partitionOf('car-1', 4)).toBe(partitionOf('car-1', 4));
});
