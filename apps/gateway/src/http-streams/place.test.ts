import { expect, test } from 'vitest';
import { formatPlace, type Place, parsePlace } from './place.js';

test.each<[Place]>([
  [{ after: null, service: 'ok' }],
  [{ after: null, service: 'degraded' }],
  [{ after: '17-3', service: 'ok' }],
  [{ after: '17-3', service: 'degraded' }],
])('a polling client gets back the place that it sends: %o', (place) => {
  expect(parsePlace(formatPlace(place))).toEqual(place);
});

test('the first poll begins at the beginning, and takes the service for available', () => {
  expect(parsePlace('')).toEqual({ after: null, service: 'ok' });
});
