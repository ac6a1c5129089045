import { expect, test } from 'vitest';
import { hkdfKey } from './derive-key.js';
import { Pseudonyms } from './pseudonyms.js';

const keyOf = (secret: string) => hkdfKey(secret, 'hexfleet pseudonyms');
const SECRET = 'a secret of the tests, at least 32 characters';
const names = new Pseudonyms(keyOf(SECRET));

test('all gateways derive the same name of a car for a session, and an installation with another key a different one', () => {
  const gateway = new Pseudonyms(keyOf(SECRET));
  const elsewhere = new Pseudonyms(keyOf('another secret, at least 32 characters long'));
  expect(gateway.named('session', 'd/1')).toBe(names.named('session', 'd/1'));
  expect(elsewhere.named('session', 'd/1')).not.toBe(names.named('session', 'd/1'));
});

test('no two sessions, cars or names of a car have a name in common', () => {
  const sessions = Array.from({ length: 20 }, (_, i) => `session-${i}`);
  const cars = Array.from({ length: 50 }, (_, i) => `d-${i % 10}/${i}`);
  const all = sessions.flatMap((session) => cars.map((car) => names.named(session, car)));
  expect(new Set(all).size).toBe(1_000);
  // A newline is in neither part, so no two pairs are the same text.
  expect(names.named('a', 'bc/1')).not.toBe(names.named('ab', 'c/1'));
});
