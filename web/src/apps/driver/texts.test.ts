import { expect, test } from 'vitest';
import { queueText } from './texts.js';

const queued = (place: number, of: number, waitS: number | null) =>
  queueText({ region: '832a10fffffffff', zoneId: 'z', name: 'Penn Station', place, of, waitS });

test('a place in a queue is said in words, with the expected wait in whole minutes if it is known', () => {
  expect(queued(4, 17, 12 * 60)).toBe('4th of 17, about 12 min');
  expect(queued(4, 17, 11 * 60 + 1)).toBe('4th of 17, about 12 min');
  expect(queued(1, 1, 5)).toBe('1st of 1, about 1 min');
  expect(queued(4, 17, null)).toBe('4th of 17');
});

test.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [11, '11th'],
  [12, '12th'],
  [21, '21st'],
  [112, '112th'],
])('place %i of a queue is the %s', (place, words) => {
  expect(queued(place, 200, null)).toBe(`${words} of 200`);
});
