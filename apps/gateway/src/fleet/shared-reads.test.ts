import { expect, test } from 'vitest';
import { SharedReads } from './shared-reads.js';

/** Reads that end when the test says so; each returns its number. */
function startReads() {
  const reads = new SharedReads<number>();
  const ends: Array<(error?: Error) => void> = [];
  const read = () =>
    new Promise<number>((resolve, reject) => {
      const number = ends.length;
      ends.push((error) => (error === undefined ? resolve(number) : reject(error)));
    });
  return { ends, ask: (key = 'here') => reads.get(key, read) };
}

test('those who ask while a read runs share the next one', async () => {
  const { ends, ask } = startReads();
  const answers = [ask(), ask(), ask(), ask('there')];
  expect(ends).toHaveLength(2);
  ends[0]!();
  await expect.poll(() => ends.length).toBe(3);
  answers.push(ask());
  expect(ends).toHaveLength(3);
  ends[1]!();
  ends[2]!();
  await expect.poll(() => ends.length).toBe(4);
  ends[3]!();
  expect(await Promise.all(answers)).toEqual([0, 2, 2, 1, 3]);
  // Nothing runs: a read begins at once.
  const last = ask();
  expect(ends).toHaveLength(5);
  ends[4]!();
  expect(await last).toBe(4);
});

test('a read that fails fails for those who share it, and not for the next ones', async () => {
  const { ends, ask } = startReads();
  const [first, second] = [ask(), ask()];
  ends[0]!(new Error('no Redis'));
  await expect(first).rejects.toThrow('no Redis');
  await expect.poll(() => ends.length).toBe(2);
  ends[1]!();
  expect(await second).toBe(1);
});
