import { expect, test } from 'vitest';
import { type BatchHandler, BatchQueue } from './batch-queue.js';
import type { DriverEvent } from './fix-stream.js';

const event = (n: number): DriverEvent => ({ driverId: `d${n}`, receivedAt: n, change: 'available' });

/** A queue whose handler waits: `finish` lets the next step of the handler end. */
function queueing() {
  const steps: string[] = [];
  const finished: string[] = [];
  const waiting: Array<{ name: string; end: (error?: Error) => void }> = [];
  const step = (name: string) =>
    new Promise<void>((resolve, reject) => {
      steps.push(name);
      waiting.push({ name, end: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  const handle: BatchHandler = async (events, redelivered) => {
    const names = events.map(({ driverId }) => driverId).join() + (redelivered ? ' again' : '');
    await step(`store ${names}`);
    return () => step(`publish ${names}`);
  };
  const queue = new BatchQueue(handle, (id) => finished.push(id));
  const finish = async (name: string, error?: Error) => {
    await expect.poll(() => waiting.some((it) => it.name === name)).toBe(true);
    waiting
      .splice(
        waiting.findIndex((it) => it.name === name),
        1,
      )[0]!
      .end(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const pushBatch = (numbers: number[], redelivered: boolean) => {
    const lastId = `${numbers.at(-1)}-0`;
    queue.push({ lastId, entries: numbers.length, events: numbers.map(event), redelivered });
  };
  const push = (...numbers: number[]) => pushBatch(numbers, false);
  const pushAgain = (...numbers: number[]) => pushBatch(numbers, true);
  return { queue, steps, finished, finish, push, pushAgain };
}

test('while a batch is stored, the next one gathers; while it is published, the next one is stored', async () => {
  const { steps, finished, finish, push } = queueing();
  push(1);
  push(2);
  push(3);
  expect(steps).toEqual(['store d1']);
  await finish('store d1');
  expect(steps).toEqual(['store d1', 'publish d1', 'store d2,d3']);
  expect(finished).toEqual([]);
  await finish('publish d1');
  expect(finished).toEqual(['1-0']);
  await finish('store d2,d3');
  await finish('publish d2,d3');
  expect(finished).toEqual(['1-0', '3-0']);
});

test('after a failure nothing more is stored, and what failed is not finished', async () => {
  const { queue, steps, finished, finish, push } = queueing();
  push(1);
  push(2);
  await finish('store d1', new Error('Connection is closed.'));
  push(3);
  expect(() => queue.hasRoom).toThrow('Connection is closed.');
  expect(steps).toEqual(['store d1']);
  await queue.settle();
  expect(finished).toEqual([]);
  expect(queue.hasRoom).toBe(true);
  push(4);
  expect(steps.at(-1)).toBe('store d4');
});

test('the position passes neither a batch that could not be published nor one that is still being published', async () => {
  const { queue, finished, finish, push } = queueing();
  for (const number of [1, 2, 3]) {
    push(number);
    await finish(`store d${number}`);
  }
  await finish('publish d3');
  expect(finished).toEqual([]);
  await finish('publish d2', new Error('Connection is closed.'));
  await finish('publish d1');
  expect(finished).toEqual(['1-0']);
  expect(() => queue.hasRoom).toThrow();
});

test('new events are not handled together with some that may have been handled before', async () => {
  const { steps, finish, push, pushAgain } = queueing();
  pushAgain(1);
  pushAgain(2);
  pushAgain(3);
  push(4);
  push(5);
  await finish('store d1 again');
  await finish('store d2,d3 again');
  await finish('store d4,d5');
  expect(steps.filter((step) => step.startsWith('store'))).toEqual([
    'store d1 again',
    'store d2,d3 again',
    'store d4,d5',
  ]);
});

test('no more is read while too many entries wait or are not finished', async () => {
  const { queue, finish, push } = queueing();
  push(...Array.from({ length: 1_999 }, (_, i) => i));
  expect(queue.hasRoom).toBe(true);
  push(...Array.from({ length: 2_000 }, (_, i) => 5_000 + i));
  expect(queue.hasRoom).toBe(false);
  await finish(`store ${Array.from({ length: 1_999 }, (_, i) => `d${i}`).join()}`);
  expect(queue.hasRoom).toBe(true);
});

test('few entries with many events are too many, too', async () => {
  const queue = new BatchQueue(
    async () => async () => {},
    () => {},
  );
  const events = Array.from({ length: 50_000 }, (_, n) => event(n));
  queue.push({ lastId: '1-0', entries: 1, events: events.slice(1), redelivered: false });
  expect(queue.hasRoom).toBe(true);
  queue.push({ lastId: '2-0', entries: 1, events: events.slice(0, 1), redelivered: false });
  expect(queue.hasRoom).toBe(false);
  await expect.poll(() => queue.hasRoom).toBe(true);
});
