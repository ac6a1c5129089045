import { expect, test } from 'vitest';
import { DataError } from './data-error.js';
import { Gather } from './gather.js';

/** Items `<group><key>`; an item with an x cannot be worked on. */
function gathering(maxItems = 10) {
  const calls: string[] = [];
  const gather = new Gather<string, string>({
    groupOf: (item) => item[0]!,
    keyOf: (item) => item[1]!,
    maxItems,
    work: async (items) => {
      calls.push(items.join());
      if (items.some((item) => item.includes('x'))) throw new DataError('x');
      return items.map((item) => `${item} done`);
    },
  });
  const add = (...items: string[]) => Promise.allSettled(items.map((item) => gather.add(item)));
  return { calls, add };
}

test('a failure because of data repeats the items of its group only, each alone', async () => {
  const { calls, add } = gathering();
  const results = await add('a1', 'bx', 'a2', 'b1');
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(calls).toEqual(['a1,a2', 'bx,b1', 'bx', 'b1']);
});

test('two items with one key, and too many, do not share a call', async () => {
  const { calls, add } = gathering(3);
  await add('a1', 'a2', 'a1', 'a3', 'a4', 'a5');
  expect(calls).toEqual(['a1,a2', 'a1,a3,a4', 'a5']);
});
