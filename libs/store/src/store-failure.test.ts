import { afterEach, expect, test } from 'vitest';
import { ProtocolError } from '#protocol';
import { onStoreFailure, orUnavailable, storeFailureOf } from './store-failure.js';

const causes: string[] = [];
const stop = onStoreFailure(({ cause }) => causes.push(cause));
afterEach(() => causes.splice(0));

test.each([
  ['OOM command not allowed when used memory', 'full', 'UNAVAILABLE'],
  ["READONLY You can't write against a read only replica.", 'read_only', 'UNAVAILABLE'],
  ['MISCONF Redis is configured to save', 'cannot_save', 'UNAVAILABLE'],
  ['NOREPLICAS Not enough good replicas', 'few_replicas', 'UNAVAILABLE'],
  ['Redis has too few replicas: 0 of 1 confirmed a write', 'few_replicas', 'UNAVAILABLE'],
  ["NOPERM User a has no permissions to run the 'xadd' command", 'no_permission', 'STORE_FORBIDDEN'],
  ['NOAUTH Authentication required.', 'no_permission', 'STORE_FORBIDDEN'],
  ['Connection is closed.', 'gone', 'UNAVAILABLE'],
  ['__proto__ is no reply', 'gone', 'UNAVAILABLE'],
])('%s is reported as %s and refused with %s', async (message, cause, code) => {
  await expect(orUnavailable(Promise.reject(new Error(message)))).rejects.toMatchObject({
    code,
    failure: { retry: code === 'UNAVAILABLE' },
  });
  expect(causes).toEqual([cause]);
});

test('a refusal is passed on, and reported to nobody', async () => {
  await expect(orUnavailable(Promise.reject(new ProtocolError('NO_SUCH_TRIP')))).rejects.toMatchObject({
    code: 'NO_SUCH_TRIP',
  });
  expect(causes).toEqual([]);
  stop();
  expect(storeFailureOf(undefined).cause).toBe('gone');
});
