import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { ReplicaWaits } from './replication.js';

/** One Redis, whose replies to WAIT the test gives. */
function waiting() {
  const replies: Array<(confirmed: number) => void> = [];
  const redis = { wait: () => new Promise((resolve) => replies.push(resolve as never)) };
  return { waits: new ReplicaWaits(redis as unknown as Redis, 1), replies };
}

test('while one WAIT is in flight, those that follow gather for the next one', async () => {
  const { waits, replies } = waiting();
  const first = waits.written('a');
  await expect.poll(() => replies).toHaveLength(1);
  const others = ['b', 'c', 'd'].map((key) => waits.written(key));
  // It covers only what was written before it.
  expect(await Promise.race([...others, Promise.resolve('waits')])).toBe('waits');
  replies[0]!(1);
  await first;
  await expect.poll(() => replies).toHaveLength(2);
  replies[1]!(1);
  await Promise.all(others);
  expect(replies).toHaveLength(2);
});

test('a failure reaches those who waited for it, and not the next', async () => {
  const { waits, replies } = waiting();
  const first = waits.written('a');
  await expect.poll(() => replies).toHaveLength(1);
  const next = waits.written('b');
  replies[0]!(0);
  await expect(first).rejects.toThrow('too few replicas: 0 of 1');
  await expect.poll(() => replies).toHaveLength(2);
  replies[1]!(1);
  await next;
});
