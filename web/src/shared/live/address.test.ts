import { expect, test } from 'vitest';
import { hasFlag, parameter, tokenIn } from './address.js';

const APPENDED = ['', '.', ')', ']', '/', '>.', '…', '”', ',', ').', '/)'];

test.each(APPENDED)(
  'an address to which a chat app has appended "%s" is read like the original',
  (appended) => {
    for (const id of ['grace', 'driver-7', 'fleet:7|a', '40.7,-73.98', 'a@b.c'])
      expect(
        parameter(new URLSearchParams(`x=1&driver=${encodeURIComponent(id)}${appended}`), 'driver'),
      ).toBe(id);
    expect(hasFlag(new URLSearchParams(`at=1,2&online${appended}`), 'online')).toBe(true);
    const token = `${'aB3_-'.repeat(6)}xy`;
    expect(tokenIn(`/share/${token}${appended}`)).toBe(token);
  },
);

test('a parameter that is not there is null, and a path without a token gives its last part', () => {
  expect(parameter(new URLSearchParams('a=1'), 'driver')).toBeNull();
  expect(hasFlag(new URLSearchParams('a=1'), 'online')).toBe(false);
  expect(tokenIn('/share/short')).toBe('short');
});
