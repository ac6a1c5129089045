import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileOutbox } from './file-store.js';
import type { OutboxEntry } from './store.js';

let directory: string;
let count = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hexfleet-outbox-'));
});
afterAll(() => rm(directory, { recursive: true }));

const newPath = () => join(directory, 'made', `driver-${++count}.ndjson`);
const entries = (...times: number[]): OutboxEntry[] =>
  times.map((t) => ({ fix: { t, lat: 1, lng: 2, heading: null } }));
/** What a process that starts now finds. */
const found = async (path: string) => (await fileOutbox(path).load()).map(({ fix }) => fix.t);
const lines = async (path: string) => (await readFile(path, 'utf8')).trim().split('\n').length;

test('what was added and not acked is found by the next process, in order', async () => {
  const path = newPath();
  const store = fileOutbox(path);
  expect(await store.load()).toEqual([]);
  const [first, second, third] = entries(1, 2, 3);
  await store.add([first!, second!]);
  await store.add([third!]);
  await store.remove([second!, ...entries(7)]);
  const next = fileOutbox(path);
  const loaded = await next.load();
  expect(loaded.map(({ fix }) => fix)).toEqual([first!.fix, third!.fix]);
  await next.remove([loaded[0]!]);
  await next.add(entries(4));
  expect(await found(path)).toEqual([3, 4]);
});

test('a kill at any byte leaves all that was written before it, and what is added then is whole', async () => {
  const path = newPath();
  const store = fileOutbox(path, { fsync: false });
  await store.load();
  const kept = entries(1, 2, 3);
  await store.add(kept);
  await store.remove([kept[0]!]);
  const text = await readFile(path, 'utf8');
  const ends = [...text].flatMap((char, i) => (char === '\n' ? [i] : []));
  for (let length = 0; length <= text.length; length += 1) {
    await writeFile(path, text.slice(0, length));
    // A line that lacks only its end is a whole one.
    const whole = ends.filter((end) => length >= end).length;
    const expected = [[], [1], [1, 2], [1, 2, 3], [2, 3]][whole]!;
    const next = fileOutbox(path, { fsync: false });
    expect(
      (await next.load()).map(({ fix }) => fix.t),
      `cut at ${length}`,
    ).toEqual(expected);
    await next.add(entries(9));
    expect(await found(path)).toEqual([...expected, 9]);
  }
});

test.each([
  '{"ack":3}',
  '{"add":"1","fix":{}}',
  '{"add":1}',
  '{"add":9,"fix":null}',
  '[1]',
  'null',
  '\u0000\u0000',
])('a line that is none is skipped: %j', async (line) => {
  const path = newPath();
  const store = fileOutbox(path);
  await store.load();
  await store.add(entries(1));
  await appendFile(path, `${line}\n`);
  await store.add(entries(2));
  expect(await found(path)).toEqual([1, 2]);
});

test('a journal that tells little any more is written anew', async () => {
  const path = newPath();
  const store = fileOutbox(path, { fsync: false });
  await store.load();
  for (let t = 1; t <= 1_200; t += 1) {
    const [entry] = entries(t);
    await store.add([entry!]);
    if (t !== 5) await store.remove([entry!]);
  }
  expect(await lines(path)).toBeLessThan(1_100);
  await store.add(entries(2_000));
  expect(await found(path)).toEqual([5, 2_000]);
  expect(await lines(path), 'by the process that found it').toBe(2);
});

test('a path that cannot be written is told', async () => {
  const store = fileOutbox('/dev/null/outbox.ndjson');
  await expect(store.load()).rejects.toThrow();
  await expect(store.add(entries(1))).rejects.toThrow();
});
