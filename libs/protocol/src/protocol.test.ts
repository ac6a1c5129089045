import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CODES, Refusal } from './codes.js';
import { parseFixes } from './fix.js';
import { cellRoom, driverRoom, userRoom } from './rooms.js';
import { Id, parse } from './schemas.js';
import { isOpen, statesBefore, TripState } from './trips.js';

const id = fc.stringMatching(/^[A-Za-z0-9_.:@|+-]{1,64}$/);

describe('rooms', () => {
  test('no name is 20 long, and no two ids share one', () => {
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

  test('whatever is sent, each fix is either taken or named', () => {
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

  test('nothing but an array of 1 to 100 is a batch', () => {
    for (const bad of [[], null, 'x', {}, new Array(101)])
      expect(() => parseFixes(bad, now)).toThrow(CODES.BAD_BATCH.message);
  });
});

describe('trips', () => {
  test('an open trip can be cancelled, a trip that is over goes nowhere', () => {
    for (const state of TripState.options)
      expect(statesBefore('cancelled').includes(state)).toBe(isOpen(state));
    expect(statesBefore('completed')).toEqual(['on_trip']);
  });
});

test('a refusal says what, where and whether to retry', () => {
  expect(() => parse(Id, 'a b')).toThrow(Refusal);
  expect(new Refusal('UNAVAILABLE').failure).toEqual({
    code: 'UNAVAILABLE',
    message: CODES.UNAVAILABLE.message,
    retry: true,
  });
});
