import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileOutbox } from './file-store.js';
import type { OutboxEntry } from './outbox-store.js';

let directory: string;
let count = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hexfleet-outbox-'));
});
afterAll(() => rm(directory, { recursive: true }));

const newPath = () => join(directory, 'made', `driver-${++count}.ndjson`);
const entries = (...times: number[]): OutboxEntry[] =>
  times.map((t) => ({ fix: { t, lat: 1, lng: 2, heading: null } }));
/** Loads the file as a newly started process does. */
const reload = async (path: string) => (await fileOutbox(path).load()).map(({ fix }) => fix.t);
const lines = async (path: string) => (await readFile(path, 'utf8')).trim().split('\n').length;

test('the next process loads the fixes without an ack, in order', async () => {
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
  expect(await reload(path)).toEqual([3, 4]);
});

test('a kill at any byte loses only the truncated line, and later fixes are complete', async () => {
  const path = newPath();
  const store = fileOutbox(path, { fsync: false });
  await store.load();
  const added = entries(1, 2, 3);
  await store.add(added);
  await store.remove([added[0]!]);
  const text = await readFile(path, 'utf8');
  const ends = [...text].flatMap((char, i) => (char === '\n' ? [i] : []));
  for (let length = 0; length <= text.length; length += 1) {
    await writeFile(path, text.slice(0, length));
    // A line that lacks only its line break is complete.
    const whole = ends.filter((end) => length >= end).length;
    const expected = [[], [1], [1, 2], [1, 2, 3], [2, 3]][whole]!;
    const next = fileOutbox(path, { fsync: false });
    expect(
      (await next.load()).map(({ fix }) => fix.t),
      `cut at ${length}`,
    ).toEqual(expected);
    await next.add(entries(9));
    expect(await reload(path)).toEqual([...expected, 9]);
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
])('an invalid line is skipped: %j', async (line) => {
  const path = newPath();
  const store = fileOutbox(path);
  await store.load();
  await store.add(entries(1));
  await appendFile(path, `${line}\n`);
  await store.add(entries(2));
  expect(await reload(path)).toEqual([1, 2]);
});

test('a journal that is mostly obsolete is compacted', async () => {
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
  expect(await reload(path)).toEqual([5, 2_000]);
  expect(await lines(path), 'by the process that loaded it').toBe(2);
});

test('a path that cannot be written is an error', async () => {
  const store = fileOutbox('/dev/null/outbox.ndjson');
  await expect(store.load()).rejects.toThrow();
  await expect(store.add(entries(1))).rejects.toThrow();
});
