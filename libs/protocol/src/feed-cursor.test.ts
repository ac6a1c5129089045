import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FeedEntry, FeedPart } from './feed.js';
import { EMPTY_FEED, FeedCursor, type FeedEvent } from './feed-cursor.js';

const entryOf = (n: number, epoch = 5): FeedEntry => ({
  id: `${epoch}-${n}`,
  event: 'trip',
  payload: { n },
  expiresAt: null,
});

/** Feed that stores the last `kept` entries, with a cursor that reads it. */
function reader(kept = 1_000, after: string | null = null) {
  const feed: FeedEntry[] = [];
  const emitted: string[] = [];
  let lost = 0;
  let fails = 0;
  const resume = async (from: string | null): Promise<FeedPart> => {
    await Promise.resolve();
    if (fails > 0) {
      fails -= 1;
      throw new Error('no connection');
    }
    const last = feed.at(-1)?.id ?? EMPTY_FEED;
    if (from === null) return { entries: [], last, complete: true };
    const at = feed.findIndex(({ id }) => id === from);
    const isWhole = from === EMPTY_FEED && feed.length <= kept;
    const complete = isWhole || at >= Math.max(0, feed.length - kept - 1);
    return { entries: complete ? feed.slice(at + 1) : [], last, complete };
  };
  const cursor = new FeedCursor(
    { resume, emit: ({ id }) => emitted.push(id), lost: () => (lost += 1) },
    after,
  );
  return { feed, emitted, cursor, lost: () => lost, fail: (times: number) => (fails = times) };
}

test('entries that arrive in any order and any number of times are emitted once and in order', async () => {
  const arrival = fc.record({ ahead: fc.integer({ min: 0, max: 3 }), which: fc.nat(), resume: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(arrival, { maxLength: 60 }), async (arrivals) => {
      const { feed, emitted, cursor } = reader();
      feed.push(entryOf(0));
      await cursor.resume();
      for (const { ahead, which, resume } of arrivals) {
        for (let i = 0; i < ahead; i += 1) feed.push(entryOf(feed.length));
        const entry = feed[which % feed.length] as FeedEvent;
        const missing = cursor.push(entry);
        if (resume) await Promise.all([cursor.resume(), missing]);
      }
      await cursor.resume();
      expect(emitted).toEqual(feed.slice(1).map(({ id }) => id));
    }),
  );
});

test('emits entries pushed during the first request, and none from before', async () => {
  const { feed, emitted, cursor } = reader();
  feed.push(entryOf(0), entryOf(1));
  const begun = cursor.resume();
  feed.push(entryOf(2), entryOf(3));
  cursor.push(entryOf(3));
  await begun;
  expect(emitted).toEqual(['5-3']);
  feed.push(entryOf(4));
  await cursor.resume();
  expect(emitted).toEqual(['5-3', '5-4']);
});

test('continues from an empty feed, whether the first entry is pushed or missed while disconnected', async () => {
  const { feed, emitted, cursor } = reader();
  await cursor.resume();
  feed.push(entryOf(0));
  expect(cursor.push(entryOf(0)), 'is next').toBeNull();
  const away = reader();
  await away.cursor.resume();
  away.feed.push(entryOf(0), entryOf(1));
  await away.cursor.resume();
  expect({ emitted, away: away.emitted }).toEqual({ emitted: ['5-0'], away: ['5-0', '5-1'] });
});

test('resumes after the last entry of an earlier session', async () => {
  const { feed, emitted, cursor } = reader(1_000, '5-1');
  for (let n = 0; n < 4; n += 1) feed.push(entryOf(n));
  await cursor.resume();
  expect(emitted).toEqual(['5-2', '5-3']);
  expect(cursor.last).toBe('5-3');
});

test('reports a loss when more was missed than is stored, or the feed was started again', async () => {
  const { feed, emitted, cursor, lost } = reader(2, '5-0');
  for (let n = 0; n < 9; n += 1) feed.push(entryOf(n));
  await cursor.resume();
  expect({ emitted, lost: lost(), last: cursor.last }).toEqual({ emitted: [], lost: 1, last: '5-8' });
  feed.splice(0, 9, entryOf(0, 7));
  await cursor.push(entryOf(0, 7));
  expect({ emitted, lost: lost(), last: cursor.last }).toEqual({ emitted: [], lost: 2, last: '7-0' });
  expect(cursor.push(entryOf(8)), 'of the feed before').toBeNull();
  expect(cursor.push(entryOf(1, 7))).toBeNull();
  expect(emitted).toEqual(['7-1']);
});

test('does not wait for entries that the store has lost', async () => {
  const { feed, emitted, cursor } = reader(1_000, '5-1');
  feed.push(entryOf(0), entryOf(1));
  await cursor.push(entryOf(9));
  feed.push(entryOf(2));
  await cursor.push(entryOf(2));
  expect(emitted).toEqual(['5-2']);
});

test('keeps entries that are pushed while requests fail', async () => {
  const { feed, emitted, cursor, fail } = reader(1_000, '5-0');
  for (let n = 0; n < 4; n += 1) feed.push(entryOf(n));
  fail(1);
  await expect(cursor.push(entryOf(2))).rejects.toThrow('no connection');
  fail(1);
  await expect(cursor.push(entryOf(3))).rejects.toThrow('no connection');
  await cursor.resume();
  expect(emitted).toEqual(['5-1', '5-2', '5-3']);
});

test('keeps the newest 500 entries that are pushed during the first request', async () => {
  const { feed, emitted, cursor } = reader();
  const first = cursor.resume();
  for (let n = 0; n < 600; n += 1) {
    feed.push(entryOf(n));
    cursor.push(entryOf(n));
  }
  await first;
  expect(emitted).toEqual(feed.slice(100).map(({ id }) => id));
});
