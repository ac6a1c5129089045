import fc from 'fast-check';
import { expect, test } from 'vitest';
import { regionOf } from '#geo/cells';
import { orderOf, packEvents, partitionOf, unpackEvents } from './fix-stream.js';
import { type DriverRecord, decodeRecord, encodeRecord, vehicleOf } from './record.js';

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((value) => value + 0);
const degrees = (largest: number) =>
  fc.integer({ min: -largest * 1e7, max: largest * 1e7 }).map((n) => n / 1e7);
const position = { lat: degrees(90), lng: degrees(180) };
const value = fc.option(double(0, 1_000));
const time = fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 });

test('encoding and decoding a record keeps positions to the centimetre and everything else exactly or to 0.01', () => {
  const record = fc.record({
    driverId: fc.constant('d'),
    version: fc.integer({ min: 1, max: 4e15 }),
    t: time,
    ...position,
    heading: double(0, 359.999),
    speedMps: double(0, 70),
    accuracyM: fc.option(double(0, 1_000)),
    status: fc.constantFrom('available' as const, 'busy' as const, 'offline' as const),
    cell: fc.constant('862a1072fffffff'),
    present: fc.constant(false),
    counts: fc.record({ late: fc.nat(), repeated: fc.nat(), implausible: fc.nat(), refused: fc.nat() }),
    anchor: fc.record({ t: time, ...position }),
    receivedAt: time,
    shift: fc.nat(),
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
  fc.assert(
    fc.property(record, (before) => {
      const after = decodeRecord('d', regionOf(before.cell), encodeRecord(before as DriverRecord));
      const { heading, speedMps, ...exact } = after;
      expect(exact).toEqual((({ heading: _, speedMps: __, ...rest }) => rest)(before));
      expect(Math.abs(heading - before.heading)).toBeLessThan(0.011);
      expect(Math.abs(speedMps - before.speedMps)).toBeLessThan(0.011);
      expect(vehicleOf(after).heading).toBeLessThan(360);
    }),
  );
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
