import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { repeatedly } from './repeatedly.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('a turn is skipped while the previous one is running', async () => {
  const finish: Array<() => void> = [];
  const work = vi.fn(() => new Promise<void>((resolve) => finish.push(resolve)));
  const timer = repeatedly(100, work);
  await vi.advanceTimersByTimeAsync(350);
  expect(work).toHaveBeenCalledTimes(1);
  finish[0]!();
  await vi.advanceTimersByTimeAsync(100);
  expect(work).toHaveBeenCalledTimes(2);
  clearInterval(timer);
});

test.each([
  ['rejects', () => Promise.reject(new Error('Redis is unavailable'))],
  [
    'throws',
    () => {
      throw new Error('Redis is unavailable');
    },
  ],
])('work that %s is logged each time, and the loop goes on', async (_, work) => {
  const log = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
  const failing = vi.fn(work as () => Promise<void>);
  const timer = repeatedly(100, failing);
  await vi.advanceTimersByTimeAsync(300);
  expect(failing).toHaveBeenCalledTimes(3);
  expect(log).toHaveBeenCalledTimes(3);
  expect(log.mock.calls[0]).toEqual([expect.objectContaining({ message: 'Redis is unavailable' })]);
  clearInterval(timer);
});
