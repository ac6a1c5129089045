import { expect, test } from 'vitest';
import { distanceM } from '#geo';
import { manhattan, PlaceIndex, snap } from './index.js';

const index = new PlaceIndex(manhattan());
const MIDTOWN = { lat: 40.758, lng: -73.98 };
const names = (text: string) => index.find(text, MIDTOWN, 5).map(({ name }) => name);

test.each([
  ['times', 'Times Square'],
  ['lincoln', 'Lincoln Center'],
  ['Central Park', 'Central Park'],
  ['w 42nd st', 'West 42nd Street'],
  ['broadway & 42nd', 'Broadway & West 42nd Street'],
  ['5th', 'East 5th Street'],
  ['fifth ave and e 57', 'East 57th Street & Fifth Avenue'],
])('%s finds %s', (text, name) => {
  expect(names(text)).toContain(name);
});

test('a street is offered where it is nearest, and each place is at a street', () => {
  const uptown = { lat: 40.79, lng: -73.97 };
  const [broadway] = index.find('broadway', uptown, 1);
  expect(distanceM(broadway!, uptown)).toBeLessThan(700);
  for (const place of index.find('b', MIDTOWN, 20).filter(({ detail }) => detail !== 'Park'))
    expect(snap(manhattan(), place).awayM).toBeLessThan(60);
});

test('nothing is found for no words, or words that no place has', () => {
  for (const text of ['', '  ', '&', 'zzz', 'broadway zzz']) expect(names(text)).toEqual([]);
});
