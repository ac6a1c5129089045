import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CODES, ProtocolError } from './codes.js';
import { parseFixes } from './fix.js';
import { cellRoom, driverRoom, userRoom } from './rooms.js';
import { Id, parse } from './schemas.js';
import { spanOf, TrackQuery } from './track.js';
import type { Trip } from './trip-schemas.js';
import { isOpen, mayFollow } from './trip-states.js';
import { TripState } from './trips.js';

const id = fc.stringMatching(/^[A-Za-z0-9_.:@|+-]{1,64}$/).filter((text) => text !== '.' && text !== '..');

describe('rooms', () => {
  test('never have a name of 20 characters, and no two ids share a name', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        for (const room of [driverRoom, userRoom, cellRoom]) {
          expect(room(a).length).not.toBe(20);
          if (a !== b) expect(room(a)).not.toBe(room(b));
        }
        expect(driverRoom(a)).not.toBe(userRoom(a));
      }),
    );
  });
});

describe('fixes', () => {
  const now = Date.UTC(2026, 0, 1);

  test('are each either accepted or rejected by index, whatever is sent', () => {
    const item = fc.oneof(
      fc.anything(),
      fc.record({ t: fc.constantFrom(now, now / 1_000, -1), lat: fc.double(), lng: fc.double() }),
    );
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 100 }), (batch) => {
        const { fixes, rejected } = parseFixes(batch, now);
        expect(fixes.length + rejected.length).toBe(batch.length);
        for (const { lat, lng } of fixes) expect(Math.abs(lat) <= 90 && Math.abs(lng) <= 180).toBe(true);
      }),
    );
  });

  const place = { t: now, lat: 1, lng: 2 };
  const unknown = { accuracyM: null, heading: null, speedMps: null, extras: null };

  test('keep the position when a phone does not know other values', () => {
    const batch = [
      { ...place, accuracyM: -1, heading: -1, speedMps: -1, batteryPct: -100, altitudeM: null },
      { ...place, heading: 360, speedMps: 0 },
      { ...place, t: now - 1.6, accuracyM: 4.5, heading: 359.9 },
    ];
    expect(parseFixes(batch, now)).toEqual({
      fixes: [
        { ...place, ...unknown },
        { ...place, ...unknown, heading: 0, speedMps: 0 },
        { ...place, ...unknown, t: now - 2, accuracyM: 4.5, heading: 359.9 },
      ],
      rejected: [],
      ignored: [],
    });
  });

  test.each(['t', 'lat', 'lng', 'accuracyM', 'heading', 'speedMps', 'altitudeM', 'batteryPct', 'seq'])(
    'are rejected when %s is a text, even one with a number',
    (field) => {
      for (const value of ['1', '', ' ', '0x1', 'NaN']) {
        const { rejected } = parseFixes([{ ...place, [field]: value }], now);
        expect(rejected).toEqual([
          { index: 0, code: expect.any(String), message: expect.stringContaining(`(${field})`) },
        ]);
      }
    },
  );

  test('carry altitude, battery, mock flag and a provider of ordinary characters', () => {
    const extras = { altitudeM: -430.5, batteryPct: 80, isMock: true, provider: 'gps' };
    expect(parseFixes([{ ...place, ...extras }], now).fixes[0]).toEqual({ ...place, ...unknown, extras });
    const providers = ['a|b,c\n', '|', '', 'x'.repeat(99)].map((provider) => ({ ...place, provider }));
    expect(parseFixes(providers, now).fixes.map(({ extras }) => extras?.provider)).toEqual([
      'abc',
      undefined,
      undefined,
      'x'.repeat(32),
    ]);
    expect(parseFixes([{ ...place, isMock: 'true' }], now).rejected).toMatchObject([{ code: 'BAD_REQUEST' }]);
  });

  test('with unknown fields name the first ten of them, each once and cut to 40 characters', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`${n}`.padEnd(50, 'x'), n]));
    const { ignored } = parseFixes([{ ...place, speed: 1 }, { ...place, speed: 2, ...many }, null, [1]], now);
    expect(ignored).toHaveLength(10);
    expect(ignored).toContain('speed');
    expect(ignored.every((name) => name.length <= 40)).toBe(true);
  });

  test('are refused as a batch unless they are an array of 1 to 100 items', () => {
    for (const bad of [[], null, 'x', {}, new Array(101)])
      expect(() => parseFixes(bad, now)).toThrow(CODES.BAD_BATCH.message);
  });
});

describe('trips', () => {
  test('can be cancelled while open, and never change once they are over', () => {
    for (const state of TripState.options) expect(mayFollow(state, 'cancelled')).toBe(isOpen(state));
    expect(TripState.options.filter((state) => mayFollow(state, 'completed'))).toEqual(['on_trip']);
  });
});

describe('the span of a track', () => {
  const now = Date.UTC(2026, 0, 8);
  const hour = 3_600_000;
  const place = { lat: 1, lng: 2 };
  const trip = (state: TripState, createdAt: number, changedAt: number): Trip => ({
    id: 't',
    riderId: 'r',
    driverId: 'd',
    pickup: place,
    dropoff: place,
    state,
    version: 1,
    createdAt,
    changedAt,
    times: { requested: createdAt - hour, accepted: createdAt },
    cancelled: null,
    offer: null,
    surgeFactor: 1,
    eta: null,
  });

  test('is the last hour, the hour before a given end, or the given span', () => {
    expect(spanOf({}, null, now)).toEqual({ from: now - hour, to: now });
    expect(spanOf({ to: now - 5 }, null, now)).toEqual({ from: now - 5 - hour, to: now - 5 });
    expect(spanOf({ from: 7, to: 7 }, null, now)).toEqual({ from: 7, to: 7 });
    expect(spanOf({ from: now - 168 * hour }, null, now)).toEqual({ from: now - 168 * hour, to: now });
  });

  test.each([
    [{ from: 8, to: 7 }],
    [{ from: now + 1 }],
    [{ from: now - 168 * hour - 1 }],
    [{ from: 0, to: 168 * hour + 1 }],
  ])('%j is refused, with a trip and without', (query) => {
    for (const within of [null, trip('on_trip', now - hour, now)])
      expect(() => spanOf(query, within, now)).toThrow(CODES.BAD_SPAN.message);
  });

  test('is that of a trip from its acceptance to its end, or until now', () => {
    const over = trip('completed', now - 5 * hour, now - 3 * hour);
    expect(spanOf({}, over, now)).toEqual({ from: now - 5 * hour, to: now - 3 * hour });
    expect(spanOf({}, trip('arriving', now - 5 * hour, now - 3 * hour), now)).toEqual({
      from: now - 5 * hour,
      to: now,
    });
    expect(spanOf({}, trip('accepted', now + 20, now + 20), now), 'by a clock that is ahead').toEqual({
      from: now + 20,
      to: now,
    });
  });

  test('never extends beyond a trip, whatever is requested', () => {
    const time = fc.option(fc.integer({ min: now - 10 * hour, max: now + 10 * hour }), { nil: undefined });
    fc.assert(
      fc.property(time, time, fc.constantFrom(...TripState.options), (from, to, state) => {
        fc.pre((from ?? 0) <= (to ?? now));
        const { createdAt, changedAt } = trip(state, now - 5 * hour, now - 3 * hour);
        const span = spanOf({ from, to }, trip(state, createdAt, changedAt), now);
        expect(span.from).toBeGreaterThanOrEqual(Math.max(createdAt, from ?? 0));
        expect(span.to).toBeLessThanOrEqual(Math.min(isOpen(state) ? now : changedAt, to ?? now));
      }),
    );
  });

  test.each([
    [{ from: 'now' }, 'BAD_SPAN'],
    [{ to: '-1' }, 'BAD_SPAN'],
    [{ to: '' }, 'BAD_SPAN'],
    [{ to: String(now / 1_000) }, 'BAD_SPAN'],
    [{ to: '1.5' }, 'BAD_SPAN'],
    [{ from: ['1', '2'] }, 'BAD_SPAN'],
    [{ to: '1e300' }, 'BAD_SPAN'],
    [{ tripId: 'a b' }, 'BAD_ID'],
    [{ tripId: ['a', 'b'] }, 'BAD_ID'],
    [{ format: 'kml' }, 'BAD_REQUEST'],
  ] as const)('%j is refused with %s', (query, code) => {
    expect(() => parse(TrackQuery, query)).toThrow(CODES[code].message);
  });
});

test('an id is in no way special in the path of a URL', () => {
  fc.assert(
    fc.property(id, (text) => {
      expect(parse(Id, text)).toBe(text);
      const { pathname } = new URL(`http://x/api/trips/${encodeURIComponent(text)}/share`);
      expect(decodeURIComponent(pathname)).toBe(`/api/trips/${text}/share`);
    }),
  );
  for (const bad of ['.', '..', '', 'a/b', '%2e', 'a b', 'я', '\u0000'])
    expect(() => parse(Id, bad)).toThrow();
});

test('a refusal has a code, a message and whether to retry', () => {
  expect(() => parse(Id, 'a b')).toThrow(ProtocolError);
  expect(new ProtocolError('UNAVAILABLE').failure).toEqual({
    code: 'UNAVAILABLE',
    message: CODES.UNAVAILABLE.message,
    retry: true,
  });
});

test('a fix from the future is rejected with how far the device is ahead', () => {
  const now = 1_800_000_000_000;
  const { rejected } = parseFixes([{ t: now + 300_000, lat: 1, lng: 2 }], now);
  expect(rejected).toMatchObject([
    { code: 'TIME_IN_FUTURE', message: expect.stringContaining('(300000 ms ahead)') },
  ]);
});
