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

test('of two simultaneous calls with one key, one does the work and both get its result', async () => {
  const other = new ExpiringKeys(testBed.client);
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const work = vi.fn(async () => {
    await finished;
    return { n: work.mock.calls.length };
  });
  const calls = [keys.once('f', 60_000, work), other.once('f', 60_000, work)];
  await expect.poll(() => work.mock.calls.length).toBe(1);
  finish();
  expect(await Promise.all(calls)).toEqual([{ n: 1 }, { n: 1 }]);
  expect(work).toHaveBeenCalledTimes(1);
});

test('a waiting call does the work itself when that of the first fails', async () => {
  const work = vi.fn(async () => 'done').mockRejectedValueOnce(new Error('cut off'));
  const calls = await Promise.allSettled([keys.once('g', 60_000, work), keys.once('g', 60_000, work)]);
  expect(calls.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(work).toHaveBeenCalledTimes(2);
});

test('a request with an idempotency key is done once, and another request with this key is refused', async () => {
  const work = vi.fn(async () => ({ n: work.mock.calls.length }));
  const ask = (key: string | undefined, request: object) =>
    keys.idempotent('kind user', key, request, work).catch(({ code }) => code);
  expect(await ask('k', { a: 1 })).toEqual({ n: 1 });
  expect(await ask('k', { a: 1 })).toEqual({ n: 1 });
  expect(await ask('k', { a: 2 })).toBe('IDEMPOTENCY_KEY_REUSED');
  expect(await ask('other', { a: 1 })).toEqual({ n: 2 });
  expect(await ask(undefined, { a: 1 })).toEqual({ n: 3 });
  expect(await ask(undefined, { a: 1 })).toEqual({ n: 4 });
});
