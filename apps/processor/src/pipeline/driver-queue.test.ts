import { expect, test } from 'vitest';
import { DriverQueue } from './driver-queue.js';

type Item = { driverId: string; n: number };

/** A queue whose work waits: `end` lets it finish. */
function queueing() {
  const queue = new DriverQueue();
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const run = (...names: string[]) => {
    const items: Item[] = names.map((name) => ({ driverId: name[0]!, n: Number(name.slice(1)) }));
    return queue.run(items, (own) => {
      const name = own.map(({ driverId, n }) => `${driverId}${n}`).join();
      begun.push(name);
      return new Promise((resolve, reject) => {
        ends.set(name, (error) => (error === undefined ? resolve() : reject(error)));
      });
    });
  };
  const end = async (name: string, error?: Error) => {
    ends.get(name)!(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { queue, begun, run, end };
}

test('a driver waits for its earlier work, and for nobody else', async () => {
  const { begun, run, end, queue } = queueing();
  const first = run('a1', 'b1');
  void run('a2', 'c1');
  void run('c2', 'd1');
  expect(begun).toEqual(['a1,b1', 'c1', 'd1']);
  await end('c1');
  expect(begun).toEqual(['a1,b1', 'c1', 'd1', 'c2']);
  await end('a1,b1');
  await first;
  expect(begun.at(-1)).toBe('a2');
  expect([queue.has('a'), queue.has('b')]).toEqual([true, false]);
});

test('after work that failed nothing is done for the same driver', async () => {
  const { begun, run, end, queue } = queueing();
  const results = Promise.allSettled([run('a1'), run('a2'), run('b1')]);
  await end('a1', new Error('Connection is closed.'));
  await end('b1');
  expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect(begun).toEqual(['a1', 'b1']);
  await expect.poll(() => queue.has('a')).toBe(false);
});
