import { expect, test } from 'vitest';
import { Emitter } from './emitter.js';

class Source extends Emitter<{ number: number }> {
  send(...numbers: number[]): void {
    for (const number of numbers) this.emit('number', number);
  }
}

test('a listener receives each event until it is removed', () => {
  const source = new Source();
  const received: number[] = [];
  const off = source.on('number', (number) => received.push(number));
  source.send(1, 2);
  off();
  source.send(3);
  expect(received).toEqual([1, 2]);
});

test('once resolves with the next event, or rejects with the reason of the abort', async () => {
  const source = new Source();
  const next = source.once('number');
  source.send(1, 2);
  expect(await next).toBe(1);
  const controller = new AbortController();
  const never = source.once('number', controller);
  controller.abort(new Error('enough'));
  await expect(never).rejects.toThrow('enough');
  await expect(source.once('number', controller)).rejects.toThrow('enough');
});

test('an iterator yields every event since its creation, and stops when its loop ends', async () => {
  const source = new Source();
  const numbers = source.events('number');
  source.send(1, 2);
  const consumed: number[] = [];
  for await (const number of numbers) {
    consumed.push(number);
    if (number === 2) source.send(3);
    if (number === 3) break;
  }
  expect(consumed).toEqual([1, 2, 3]);
  source.send(4);
  expect(await numbers.next()).toEqual({ done: true, value: undefined });
});

test('of events that are not consumed, the newest are kept', async () => {
  const source = new Source();
  const numbers = source.events('number', { limit: 2 });
  source.send(1, 2, 3, 4);
  expect([(await numbers.next()).value, (await numbers.next()).value]).toEqual([3, 4]);
});

test('an abort throws its reason once, in the pending step or in the next one', async () => {
  const source = new Source();
  for (const isWaiting of [true, false]) {
    const controller = new AbortController();
    const numbers = source.events('number', controller);
    source.send(1);
    if (isWaiting) await numbers.next();
    const step = isWaiting ? numbers.next() : null;
    controller.abort(new Error('enough'));
    await expect(step ?? numbers.next()).rejects.toThrow('enough');
    expect(await numbers.next()).toMatchObject({ done: true });
  }
});

test('a listener that throws does not stop the others', async () => {
  const source = new Source();
  const received: number[] = [];
  const thrown = new Promise<unknown>((resolve) => {
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => {
      for (const listener of listeners) process.on('uncaughtException', listener);
      resolve(error);
    });
  });
  source.on('number', () => {
    throw new Error('a mistake of the app');
  });
  source.on('number', (number) => received.push(number));
  source.send(1);
  expect(received).toEqual([1]);
  expect(await thrown).toMatchObject({ message: 'a mistake of the app' });
});
