import { expect, test } from 'vitest';
import type { DriverEvent } from '#store';
import { createBatchHandler } from './batch-handler.js';
import type { Processor } from './processor.js';

const event = (driverId: string): DriverEvent => ({ driverId, receivedAt: 1, change: 'available' });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A handler of batches whose steps wait: `end` lets one finish. */
function handling() {
  const ends = new Map<string, (error?: Error) => void>();
  const step = (name: string) =>
    new Promise<never>((resolve, reject) => {
      ends.set(name, (error) => (error === undefined ? resolve([] as never) : reject(error)));
    });
  const updated = { outcomes: [], failed: [event('refused')], redelivered: true, followers: null };
  const processor = {
    begin: () => ({ rest: [event('rest')], updating: step('update').then(() => updated) }),
    enqueue: (events: DriverEvent[], work: (events: DriverEvent[]) => Promise<void>) => work(events),
    store: ([first]: DriverEvent[]) => step(`store ${first!.driverId}`),
    publish: async () => {},
  } as unknown as Processor;
  const handle = createBatchHandler(processor, () => {});
  const end = async (name: string, error?: Error) => {
    ends.get(name)!(error);
    await turn();
  };
  let ended = 'in progress';
  const watch = (work: Promise<unknown>) =>
    void work.then(
      () => (ended = 'done'),
      (error: Error) => (ended = error.message),
    );
  return { handle: () => handle([event('rest')], false), end, watch, ended: () => ended };
}

test('a batch whose first step fails ends when its other steps have ended', async () => {
  const { handle, end, watch, ended } = handling();
  watch(handle());
  await end('update', new Error('Connection is closed.'));
  expect(ended()).toBe('in progress');
  await end('store rest');
  expect(ended()).toBe('Connection is closed.');
});

test('a batch of which one step fails is not published before the others have ended', async () => {
  const { handle, end, watch, ended } = handling();
  const handled = handle();
  await end('update');
  watch((await handled)());
  await end('store rest', new Error('Connection is closed.'));
  expect(ended()).toBe('in progress');
  await end('store refused');
  expect(ended()).toBe('Connection is closed.');
});
