import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ExpiringKeys } from '#store';
import { type StoreTestBed, startOne } from './store-test-bed.js';

let testBed: StoreTestBed;
let keys: ExpiringKeys;
beforeAll(async () => {
  testBed = await startOne();
  keys = new ExpiringKeys(testBed.client);
});
afterAll(() => testBed.stop());

test('work runs once per key, and later callers get its result', async () => {
  const work = vi.fn(async () => ({ at: 1 }));
  expect(await keys.once('a', 60_000, work)).toEqual({ at: 1 });
  expect(await keys.once('a', 60_000, work)).toEqual({ at: 1 });
  expect(work).toHaveBeenCalledTimes(1);
  await keys.once('b', 60_000, work);
  expect(work).toHaveBeenCalledTimes(2);
});

test('work without a result also runs once', async () => {
  const work = vi.fn(async () => {});
  await keys.once('c', 60_000, work);
  await keys.once('c', 60_000, work);
  expect(work).toHaveBeenCalledTimes(1);
});

test('failed work is not recorded, so the next caller retries it', async () => {
  await expect(keys.once('d', 60_000, () => Promise.reject(new Error('cut off')))).rejects.toThrow('cut off');
  expect(await keys.once('d', 60_000, async () => 'done')).toBe('done');
});

test('work runs again after its key has expired', async () => {
  const work = vi.fn(async () => 1);
  await keys.once('e', 50, work);
  await expect.poll(() => keys.get('e')).toBeNull();
  await keys.once('e', 50, work);
  expect(work).toHaveBeenCalledTimes(2);
});
