import { expect, test } from 'vitest';
import { Emitter } from './emitter.js';

class Source extends Emitter<{ number: number }> {
  say(...numbers: number[]): void {
    for (const number of numbers) this.emit('number', number);
  }
}

test('a listener hears each event until it is taken away', () => {
  const source = new Source();
  const heard: number[] = [];
  const off = source.on('number', (number) => heard.push(number));
  source.say(1, 2);
  off();
  source.say(3);
  expect(heard).toEqual([1, 2]);
});

test('once is the next event, or the reason of the abort', async () => {
  const source = new Source();
  const next = source.once('number');
  source.say(1, 2);
  expect(await next).toBe(1);
  const controller = new AbortController();
  const never = source.once('number', controller);
  controller.abort(new Error('enough'));
  await expect(never).rejects.toThrow('enough');
  await expect(source.once('number', controller)).rejects.toThrow('enough');
});

test('an iterator gives all events since it was made, and ends when its loop does', async () => {
  const source = new Source();
  const numbers = source.events('number');
  source.say(1, 2);
  const taken: number[] = [];
  for await (const number of numbers) {
    taken.push(number);
    if (number === 2) source.say(3);
    if (number === 3) break;
  }
  expect(taken).toEqual([1, 2, 3]);
  source.say(4);
  expect(await numbers.next()).toEqual({ done: true, value: undefined });
});

test('of events that nobody takes the newest wait', async () => {
  const source = new Source();
  const numbers = source.events('number', { limit: 2 });
  source.say(1, 2, 3, 4);
  expect([(await numbers.next()).value, (await numbers.next()).value]).toEqual([3, 4]);
});

test('an abort throws its reason once, in a step that waits or in the next', async () => {
  const source = new Source();
  for (const isWaiting of [true, false]) {
    const controller = new AbortController();
    const numbers = source.events('number', controller);
    source.say(1);
    if (isWaiting) await numbers.next();
    const step = isWaiting ? numbers.next() : null;
    controller.abort(new Error('enough'));
    await expect(step ?? numbers.next()).rejects.toThrow('enough');
    expect(await numbers.next()).toMatchObject({ done: true });
  }
});

test('a listener that throws stops no other', async () => {
  const source = new Source();
  const heard: number[] = [];
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
  source.on('number', (number) => heard.push(number));
  source.say(1);
  expect(heard).toEqual([1]);
  expect(await thrown).toMatchObject({ message: 'a mistake of the app' });
});
