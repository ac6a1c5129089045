import { expect, test } from 'vitest';
import type { Role } from '#protocol';
import { ExpensiveReads } from './expensive-reads.js';

const identity = (role: Role, userId: string) => ({
  role,
  userId,
  expiresAt: 0,
  session: '',
  fleet: null,
  regions: null,
  isReadOnly: false,
});
const failure = (promise: Promise<unknown>) => promise.then(String, (error) => error.code);

test.each([
  ['rider', 1],
  ['driver', 1],
  ['dispatcher', 2],
  ['service', 2],
] as const)('reads of one %s: %i at a time', async (role, atOnce) => {
  const reads = new ExpensiveReads();
  let end = () => {};
  const promise = new Promise<void>((resolve) => {
    end = resolve;
  });
  const running = Array.from({ length: atOnce }, () => reads.run(identity(role, 'one'), () => promise));
  expect(await failure(reads.run(identity(role, 'one'), async () => 'read'))).toBe('RATE_LIMITED');
  expect(await failure(reads.run(identity(role, 'another'), async () => 'read'))).toBe('read');
  end();
  await Promise.all(running);
  expect(await failure(reads.run(identity(role, 'one'), async () => 'read'))).toBe('read');
});

test('reads of all users: 16 at a time, and a failed one makes room too', async () => {
  const reads = new ExpensiveReads();
  let fail = (_: Error) => {};
  const promise = new Promise<void>((_, reject) => {
    fail = reject;
  });
  const running = Array.from({ length: 16 }, (_, i) =>
    failure(reads.run(identity('rider', `rider-${i}`), () => promise)),
  );
  expect(await failure(reads.run(identity('rider', 'next'), async () => 'read'))).toBe('RATE_LIMITED');
  fail(new Error('gone'));
  await Promise.all(running);
  expect(await failure(reads.run(identity('rider', 'next'), async () => 'read'))).toBe('read');
});
