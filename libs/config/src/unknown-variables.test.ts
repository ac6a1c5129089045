import { expect, test } from 'vitest';
import { unknownVariables } from './unknown-variables.js';

test('a setting that nothing reads is named with the nearest one, never with its value', () => {
  expect(
    unknownVariables({
      HEXFLEET_JWT_SECERT: 'hunter2',
      HEXFLEET_PARTITION: '4',
      HEXFLEET_COFFEE_MACHINE: '1',
      HEXFLEET_PARTITIONS: '4',
      HEXFLEET_TEST_REDIS: '/usr/bin/redis-server',
      HOME: '/root',
    }),
  ).toEqual([
    'HEXFLEET_JWT_SECERT is not a setting; did you mean HEXFLEET_JWT_SECRET?',
    'HEXFLEET_PARTITION is not a setting; did you mean HEXFLEET_PARTITIONS?',
    'HEXFLEET_COFFEE_MACHINE is not a setting',
  ]);
});
