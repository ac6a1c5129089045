import { expect, test } from 'vitest';
import { settleAll } from './settle-all.js';

test('all results are returned, in order', async () => {
  expect(await settleAll([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2]);
});

test('a failure is thrown when the rest has ended, too', async () => {
  let end = () => {};
  const slow = new Promise<void>((resolve) => {
    end = resolve;
  });
  const all = settleAll([Promise.reject(new Error('first')), slow, Promise.reject(new Error('second'))]);
  const early = new Promise((resolve) => setImmediate(() => resolve('in progress')));
  expect(await Promise.race([all, early])).toBe('in progress');
  end();
  await expect(all).rejects.toThrow('first');
});
