import { describe, expect, test } from 'vitest';
import type { Fix } from '#protocol';
import { Outbox } from './outbox.js';
import type { OutboxEntry, OutboxStore } from './outbox-store.js';

const fix = (t: number): Fix => ({ t, lat: 1, lng: 2 });
const fixes = (from: number, to: number): Fix[] =>
  Array.from({ length: to - from + 1 }, (_, i) => fix(from + i));
const times = (entries: OutboxEntry[]) => entries.map(({ fix }) => fix.t);
const all = (outbox: Outbox) => times(outbox.first(Number.POSITIVE_INFINITY));

/** Creates a store that survives the outbox. */
function heldBy(kept: OutboxEntry[]): OutboxStore {
  return {
    load: async () => [...kept],
    add: async (entries) => void kept.push(...entries),
    remove: async (entries) => {
      for (const entry of entries) if (kept.includes(entry)) kept.splice(kept.indexOf(entry), 1);
    },
  };
}

describe('an outbox', () => {
  test('puts the fixes of an earlier run first, and keeps each until it is removed', async () => {
    const kept = fixes(1, 3).map((fix) => ({ fix }));
    const outbox = new Outbox(heldBy(kept), 100);
    outbox.add([fix(4)]);
    await outbox.loaded;
    outbox.add([fix(5)]);
    expect(all(outbox)).toEqual([1, 2, 3, 4, 5]);
    await expect.poll(() => times(kept)).toEqual([1, 2, 3, 4, 5]);
    outbox.remove(outbox.first(2));
    await expect.poll(() => times(kept)).toEqual([3, 4, 5]);
    expect(all(outbox)).toEqual([3, 4, 5]);
  });

  test('thins the older half and keeps the newest, also in its store', async () => {
    const kept: OutboxEntry[] = [];
    const outbox = new Outbox(heldBy(kept), 8);
    await outbox.loaded;
    for (const one of fixes(1, 9)) outbox.add([one]);
    expect(all(outbox)).toEqual([2, 4, 5, 6, 7, 8, 9]);
    outbox.add(fixes(10, 40));
    expect(outbox.size).toBeLessThanOrEqual(8);
    expect(all(outbox).slice(-4)).toEqual([37, 38, 39, 40]);
    await expect.poll(() => times(kept)).toEqual(all(outbox));
  });

  test.each([1, 2, 3])('keeps to a limit of %i', async (limit) => {
    const outbox = new Outbox(heldBy([]), limit);
    outbox.add(fixes(1, 20));
    expect(all(outbox)).toEqual(fixes(21 - limit, 20).map(({ t }) => t));
  });

  test('returns no fix from behind a fence', async () => {
    const outbox = new Outbox(heldBy(fixes(1, 2).map((fix) => ({ fix }))), 100);
    outbox.add([fix(3)]);
    outbox.fence();
    outbox.add([fix(4)]);
    await outbox.loaded;
    expect(all(outbox)).toEqual([1, 2, 3]);
    expect(outbox.newest()?.fix.t).toBe(3);
    let hasPassed = false;
    const passed = outbox.passedFence().then(() => {
      hasPassed = true;
    });
    outbox.remove(outbox.first(2));
    expect(all(outbox)).toEqual([3]);
    await Promise.resolve();
    expect(hasPassed).toBe(false);
    outbox.remove(outbox.first(1));
    await passed;
    expect(all(outbox)).toEqual([]);
    expect(outbox.newest()).toBeUndefined();
    outbox.openFence();
    expect(all(outbox)).toEqual([4]);
    expect(outbox.newest()?.fix.t).toBe(4);
  });

  test('is drained when the last fix is removed; an abort ends the wait', async () => {
    const outbox = new Outbox(heldBy([]), 100);
    await outbox.drained();
    outbox.add(fixes(1, 2));
    await expect(outbox.drained({ signal: AbortSignal.timeout(1) })).rejects.toThrow('timeout');
    const drained = outbox.drained();
    outbox.remove(outbox.first(1));
    outbox.remove(outbox.first(1));
    await drained;
    expect(outbox.size).toBe(0);
  });

  test.each(['load', 'add', 'remove'] as const)(
    'continues when its store fails to %s, and reports it once',
    async (step) => {
      const store = heldBy([]);
      store[step] = async () => {
        throw new Error('disk full');
      };
      const outbox = new Outbox(store, 100);
      const failures: string[] = [];
      outbox.on('failure', ({ message }) => failures.push(message));
      for (const one of fixes(1, 3)) {
        outbox.add([one]);
        await outbox.loaded;
        await new Promise(setImmediate);
      }
      outbox.remove(outbox.first(1));
      await new Promise(setImmediate);
      expect(all(outbox)).toEqual([2, 3]);
      expect(failures).toEqual(['disk full']);
    },
  );
});
