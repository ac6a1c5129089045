import { expect, test } from 'vitest';
import { timeRefusal } from './fix-time.js';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

test('a time in the future is refused with what the clock is ahead by', () => {
  expect(timeRefusal(NOW + 5 * MINUTE, NOW)).toMatchObject({
    code: 'TIME_IN_FUTURE',
    message: 't is more than a minute in the future; check the clock (300000 ms ahead)',
  });
});

test.each([
  ['seconds', NOW / 1_000, 'TIME_IN_SECONDS'],
  ['of a phone that has no date yet, 1970', 90_000, 'TIME_TOO_OLD'],
  ['of a phone in 1970, the epoch itself', 0, 'TIME_TOO_OLD'],
  ['over a day ago', NOW - 25 * 60 * MINUTE, 'TIME_TOO_OLD'],
  ['a minute ahead', NOW + MINUTE, undefined],
  ['now', NOW, undefined],
  ['a day ago', NOW - 24 * 60 * MINUTE, undefined],
])('the time of a fix: %s', (_, t, code) => {
  expect(timeRefusal(t, NOW)?.code).toBe(code);
});
