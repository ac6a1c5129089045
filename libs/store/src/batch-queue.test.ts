import { expect, test } from 'vitest';
import { type BatchHandler, BatchQueue, type Entry } from './batch-queue.js';
import type { DriverEvent } from './fix-stream.js';

const entry = (n: number): Entry => [`${n}-0`, []];
const event = (n: number): DriverEvent => ({ driverId: `d${n}`, receivedAt: n, change: 'available' });

/** A queue whose handler waits: `finish` lets the next step of the handler end. */
function queueing() {
  const steps: string[] = [];
  const acked: string[] = [];
  const waiting: Array<{ name: string; end: (error?: Error) => void }> = [];
  const step = (name: string) =>
    new Promise<void>((resolve, reject) => {
      steps.push(name);
      waiting.push({ name, end: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  const handle: BatchHandler = async (events) => {
    const names = events.map(({ driverId }) => driverId).join();
    await step(`store ${names}`);
    return () => step(`publish ${names}`);
  };
  const queue = new BatchQueue(handle, async (ids) => void acked.push(...ids));
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
  const push = (...numbers: number[]) => queue.push(numbers.map(entry), numbers.map(event));
  return { queue, steps, acked, finish, push };
}

test('while a batch is stored, the next one gathers; while it is published, the next one is stored', async () => {
  const { steps, acked, finish, push } = queueing();
  push(1);
  push(2);
  push(3);
  expect(steps).toEqual(['store d1']);
  await finish('store d1');
  expect(steps).toEqual(['store d1', 'publish d1', 'store d2,d3']);
  expect(acked).toEqual([]);
  await finish('publish d1');
  expect(acked).toEqual(['1-0']);
  await finish('store d2,d3');
  await finish('publish d2,d3');
  expect(acked).toEqual(['1-0', '2-0', '3-0']);
});

test('after a failure nothing more is stored, and what failed is not acknowledged', async () => {
  const { queue, steps, acked, finish, push } = queueing();
  push(1);
  push(2);
  await finish('store d1', new Error('Connection is closed.'));
  push(3);
  expect(() => queue.hasRoom).toThrow('Connection is closed.');
  expect(steps).toEqual(['store d1']);
  await queue.settle();
  expect(acked).toEqual([]);
  expect(queue.hasRoom).toBe(true);
  push(4);
  expect(steps.at(-1)).toBe('store d4');
});

test('a batch that could not be published stays unacknowledged, and the one before it does not', async () => {
  const { queue, acked, finish, push } = queueing();
  push(1);
  await finish('store d1');
  push(2);
  await finish('store d2');
  await finish('publish d2', new Error('Connection is closed.'));
  await finish('publish d1');
  expect(acked).toEqual(['1-0']);
  expect(() => queue.hasRoom).toThrow();
});

test('no more is read while too many entries wait or are unfinished', async () => {
  const { queue, finish, push } = queueing();
  push(...Array.from({ length: 1_999 }, (_, i) => i));
  expect(queue.hasRoom).toBe(true);
  push(...Array.from({ length: 2_000 }, (_, i) => 5_000 + i));
  expect(queue.hasRoom).toBe(false);
  await finish(`store ${Array.from({ length: 1_999 }, (_, i) => `d${i}`).join()}`);
  expect(queue.hasRoom).toBe(true);
});
