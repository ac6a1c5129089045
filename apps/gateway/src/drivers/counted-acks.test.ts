import { describe, expect, test, vi } from 'vitest';
import { AckDelay, ackDelayMs } from './ack-delay.js';
import { CountedAcks, isNumbered } from './counted-acks.js';

const stored = { ok: true as const, accepted: 1, rejected: [] };
const failed = { ok: false as const, code: 'UNAVAILABLE' as const, message: 'no Redis', retry: true };
const rejection = { index: 0, code: 'BAD_SPEED' as const, message: 'speedMps is at most 1000' };

/** Batches of one socket, whose answers the test gives. @param delayMs of acks */
function counting(delayMs = 0) {
  const sent: object[] = [];
  const answers = new Map<number, (answer: object) => void>();
  const counted = new CountedAcks(
    {
      acked: (acked) =>
        sent.push({ acked: acked.number, ...(acked.rejected && { rejected: acked.rejected }) }),
      refused: ({ code, number }) => sent.push({ refused: number, code }),
    },
    new AckDelay(() => delayMs),
  );
  const take = (number: number, first = 1) =>
    counted.take(number, first, () => new Promise((resolve) => answers.set(number, resolve as never)));
  const answer = async (number: number, answer: object = stored) => {
    answers.get(number)!(answer);
    answers.delete(number);
    await Promise.resolve();
  };
  return { counted, sent, take, answer, taken: () => [...answers.keys()] };
}

describe('counted acks', () => {
  test('cover a batch only once all before it are stored', async () => {
    const { sent, take, answer } = counting();
    for (const number of [1, 2, 3]) take(number);
    await answer(3);
    await answer(2);
    expect(sent).toEqual([]);
    await answer(1);
    expect(sent).toEqual([{ acked: 1 }, { acked: 2 }, { acked: 3 }]);
  });

  test('end at the first refusal, although later batches were stored, and nothing more is taken', async () => {
    const { sent, take, answer, taken } = counting(1_000);
    for (const number of [1, 2, 3, 4]) take(number);
    await answer(1);
    await answer(3);
    await answer(2, failed);
    take(5);
    await answer(4);
    expect(sent).toEqual([{ acked: 1 }, { refused: 2, code: 'UNAVAILABLE' }]);
    expect(taken()).toEqual([]);
  });

  test('begin again with the next run, which answers of the one before do not concern', async () => {
    const { sent, take, answer } = counting();
    for (const number of [1, 2, 3]) take(number);
    await answer(1, failed);
    take(4, 4);
    await answer(2);
    await answer(3);
    take(5, 4);
    await answer(5);
    await answer(4);
    expect(sent).toEqual([{ refused: 1, code: 'UNAVAILABLE' }, { acked: 4 }, { acked: 5 }]);
    // One that a limit has delayed.
    take(4, 1);
    take(6, 4);
    await answer(6);
    expect(sent.at(-1)).toEqual({ acked: 6 });
  });

  test.each([
    [[1, 3, 4], 1, { refused: 2, code: 'UNAVAILABLE' }],
    [[2, 3], null, { refused: 1, code: 'UNAVAILABLE' }],
  ])('end where a batch is missing: %j', async (numbers, first, refusal) => {
    const { sent, take, answer, taken } = counting();
    for (const number of numbers) take(number);
    expect(taken()).toEqual(first === null ? [] : [first]);
    if (first !== null) await answer(first);
    expect(sent.at(-1)).toEqual(refusal);
  });

  test('end when too many batches wait for the store', async () => {
    const { sent, take, answer, taken } = counting(1_000);
    for (let number = 1; number <= 65; number += 1) take(number);
    expect(taken()).toHaveLength(64);
    for (let number = 2; number <= 64; number += 1) await answer(number);
    expect(sent).toEqual([]);
    await answer(1);
    expect(sent.slice(-2)).toEqual([{ acked: 64 }, { refused: 65, code: 'RATE_LIMITED' }]);
  });

  test('end when too many batches of all runs wait for the store', async () => {
    const { sent, take, answer, taken } = counting();
    for (let number = 1; number <= 70; number += 1) take(number, number);
    expect(taken()).toHaveLength(64);
    expect(sent.at(-1)).toEqual({ refused: 70, code: 'RATE_LIMITED' });
    await answer(1);
    take(71, 71);
    await answer(71);
    expect(sent.at(-1)).toEqual({ acked: 71 });
  });

  test('report the rejected fixes of a batch at once, together with those before it', async () => {
    const { sent, take, answer } = counting(1_000);
    for (const number of [1, 2, 3]) take(number);
    await answer(1);
    await answer(2, { ok: true, accepted: 0, rejected: [rejection] });
    await answer(3);
    expect(sent).toEqual([{ acked: 2, rejected: [rejection] }]);
  });

  test('wait for eight batches at most', async () => {
    const { sent, take, answer } = counting(1_000);
    for (let number = 1; number <= 17; number += 1) {
      take(number);
      await answer(number);
    }
    expect(sent).toEqual([{ acked: 8 }, { acked: 16 }]);
  });

  test('wait for the delay at most, and end with the connection', async () => {
    vi.useFakeTimers();
    try {
      const { counted, sent, take, answer } = counting(1_000);
      take(1);
      await answer(1);
      take(2);
      vi.advanceTimersByTime(900);
      await answer(2);
      expect(sent).toEqual([]);
      vi.advanceTimersByTime(150);
      expect(sent).toEqual([{ acked: 2 }]);
      take(3);
      await answer(3);
      counted.close();
      vi.advanceTimersByTime(5_000);
      expect(sent).toHaveLength(1);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('are counted on request, once the batches before it have an answer', async () => {
    const { counted, sent, take, answer } = counting(1_000);
    expect(await counted.count()).toBe(0);
    for (const number of [1, 2]) take(number);
    const counts: number[] = [];
    void counted.count().then((number) => counts.push(number));
    take(3);
    await answer(1);
    expect(counts).toEqual([]);
    await answer(2);
    await vi.waitFor(() => expect(counts).toEqual([2]));
    const next = counted.count();
    await answer(3, failed);
    expect(await next).toBe(2);
    expect(sent).toEqual([{ refused: 3, code: 'UNAVAILABLE' }]);
  });

  test.each([
    [1, 1, true],
    [5, 1, true],
    [undefined, undefined, false],
    [1, undefined, false],
    ['1', 1, false],
    [1.5, 1, false],
    [1, 0, false],
  ])('need whole numbers: %j, %j', (number, first, expected) => {
    expect(isNumbered(number, first)).toBe(expected);
  });
});

test('acks are delayed by up to four seconds, and not at all while there is little to do', () => {
  expect([0, 50, 100].map(ackDelayMs)).toEqual([0, 0, 0]);
  expect(ackDelayMs(200)).toBeGreaterThan(0);
  expect(ackDelayMs(200)).toBeLessThan(1_000);
  expect(ackDelayMs(1_000)).toBeGreaterThan(3_500);
  expect(ackDelayMs(100_000)).toBeLessThan(4_000);
});
