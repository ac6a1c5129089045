import { expect, it, vi } from 'vitest';
import { CODES, type Code } from '#protocol';
import { HexfleetError } from './errors.js';
import { retry } from './retry.js';

const NO_PAUSE = { baseMs: 0 };
const refusal = (code: Code) => new HexfleetError({ code, ...CODES[code] });

it('retries errors that may pass, and returns the first result', async () => {
  const work = vi.fn(async () => 'done');
  work.mockRejectedValueOnce(refusal('UNAVAILABLE')).mockRejectedValueOnce(new TypeError('no network'));
  expect(await retry(work, {}, NO_PAUSE)).toBe('done');
  expect(work).toHaveBeenCalledTimes(3);
});

it('throws a final refusal at once', async () => {
  const work = vi.fn(() => Promise.reject(refusal('OFFER_OVER')));
  await expect(retry(work, {}, NO_PAUSE)).rejects.toMatchObject({ code: 'OFFER_OVER' });
  expect(work).toHaveBeenCalledTimes(1);
});

it('throws the last error when the time is up', async () => {
  const work = vi.fn(() => Promise.reject(refusal('UNAVAILABLE')));
  await expect(retry(work, { timeoutMs: 50 }, { baseMs: 10, ceilingMs: 10 })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  expect(work.mock.calls.length).toBeGreaterThan(1);
});

it('ends an attempt that is never answered', async () => {
  const hanging = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  await expect(retry(hanging, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

it.each(['during an attempt', 'during a pause'])(
  'rejects with the reason of the signal: %s',
  async (when) => {
    const leaving = new AbortController();
    const work = vi.fn(async (signal: AbortSignal) => {
      if (when === 'during an attempt') leaving.abort('left');
      else queueMicrotask(() => setTimeout(() => leaving.abort('left')));
      signal.throwIfAborted();
      throw refusal('UNAVAILABLE');
    });
    const long = { baseMs: 1e9, ceilingMs: 1e9 };
    const done = retry(work, { signal: leaving.signal, timeoutMs: 1e10 }, long);
    await expect(done).rejects.toBe('left');
    expect(work).toHaveBeenCalledTimes(1);
  },
);
