import { expect, test } from 'vitest';
import { CODES } from '#protocol';
import { TRIP_STATE_NAMES } from '../texts.js';
import { auditText } from './audit-text.js';

const REGION = '832a10fffffffff';

test.each([
  ['trip:change', 'on_trip', 'On trip'],
  ['user:disconnect', 'driver', 'as a driver'],
  ['history:view', 'area', 'vehicles of an area'],
  ['history:view', 'trips', 'ended trips'],
  ['token:refused', 'TOKEN_EXPIRED', CODES.TOKEN_EXPIRED.message],
  ['zones:import', `${REGION}: 12 zones`, '12 zones'],
  ['zones:publish', `${REGION}: the draft: New Year’s Eve`, 'New Year’s Eve'],
  ['zones:publish', `${REGION}: version 3: a mistake`, 'version 3 again: a mistake'],
  ['zones:unlock', `${REGION}: harbour`, 'harbour'],
] as const)('the text of %s is in words: %s', (action, text, shown) => {
  expect(auditText(action, text)).toBe(shown);
});

test('what people wrote stays as it is, also if it looks like a value of the service', () => {
  expect(auditText('user:notice', 'on_trip')).toBe('on_trip');
  expect(auditText('alert:send', `${REGION}: 12 zones`)).toBe(`${REGION}: 12 zones`);
  expect(auditText('driver:offline', undefined)).toBeUndefined();
  expect(auditText('trip:change', 'toString')).toBe('toString');
});

test('every state of a trip is in words', () => {
  for (const [state, name] of Object.entries(TRIP_STATE_NAMES))
    expect(auditText('trip:change', state)).toBe(name);
});
