import { afterEach, expect, test, vi } from 'vitest';
import { ProtocolError } from '#protocol';
import { DueWork } from './due-work.js';

const open: Work[] = [];
afterEach(async () => {
  for (const work of open.splice(0)) {
    work.finishAll();
    await work.onApplicationShutdown();
  }
});

class Work extends DueWork<string> {
  due: string[] = [];
  isDown = false;
  readonly asked: number[] = [];
  readonly begun: string[] = [];
  readonly ends: Array<{ resolve(): void; reject(error: Error): void }> = [];

  constructor() {
    super({ name: 'test', intervalMs: 5, maxRunning: 2 });
    open.push(this);
    this.onApplicationBootstrap();
  }

  protected override async take(limit: number): Promise<string[]> {
    if (this.isDown) throw new Error('Redis is gone');
    this.asked.push(limit);
    return this.due.splice(0, limit);
  }

  protected override work(item: string): Promise<void> {
    this.begun.push(item);
    return new Promise((resolve, reject) => this.ends.push({ resolve, reject }));
  }

  finishAll(): void {
    for (const { resolve } of this.ends) resolve();
  }
}

test('takes no more than it may work on at the same time, and does not wait for the slowest', async () => {
  const work = new Work();
  work.due = ['a', 'b', 'c', 'd'];
  await vi.waitFor(() => expect(work.begun).toEqual(['a', 'b']));
  work.ends[1]!.resolve();
  await vi.waitFor(() => expect(work.begun).toEqual(['a', 'b', 'c']));
  expect(Math.max(...work.asked)).toBe(2);
});

test('goes on after a failure of an item, and after Redis was unavailable', async () => {
  const work = new Work();
  work.isDown = true;
  work.due = ['a', 'b', 'c'];
  await expect.poll(() => work.begun).toEqual([]);
  work.isDown = false;
  await vi.waitFor(() => expect(work.begun).toEqual(['a', 'b']));
  work.ends[0]!.reject(new Error('broken'));
  work.ends[1]!.reject(new ProtocolError('UNAVAILABLE'));
  await vi.waitFor(() => expect(work.begun).toEqual(['a', 'b', 'c']));
});

test('waits for what it has begun when it stops, and takes nothing more', async () => {
  const work = new Work();
  work.due = ['a'];
  await vi.waitFor(() => expect(work.begun).toEqual(['a']));
  let isStopped = false;
  const stopped = work.onApplicationShutdown().then(() => {
    isStopped = true;
  });
  work.due = ['b'];
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect([isStopped, work.begun]).toEqual([false, ['a']]);
  work.finishAll();
  await stopped;
  expect(work.begun).toEqual(['a']);
});
