import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, connected, type DriverEvent, FixAppender, FixReader, type RedisClient } from '#store';
import { packEvents, progressOf } from '../../libs/store/src/fix-stream.js';
import { keys } from '../../libs/store/src/keys.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';
import { startSlowProxy } from '../fixtures/slow-proxy.js';

const ONE_WAY_MS = 50;
const EVENTS = 300;
const SPACED_MS = 5;

let redis: TestRedis;
let line: { port: number; stop(): void };
const clients: RedisClient[] = [];
const stops: Array<() => Promise<void>> = [];
beforeEach(async () => {
  redis = await startRedis();
  line = await startSlowProxy(redis.port, ONE_WAY_MS);
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  for (const client of clients.splice(0)) client.disconnect();
  line.stop();
  await redis.stop();
});

async function connectTo(port: number, mode: 'commands' | 'waiting'): Promise<RedisClient> {
  const client = connect(`redis://127.0.0.1:${port}`, mode, () => {});
  clients.push(client);
  await connected(client);
  return client;
}

type Handled = { event: DriverEvent; redelivered: boolean };

/** Reads until `stop`, and collects what it handles. @param store called for each batch, before it is collected @param sizes gets the number of its events */
async function startReading(
  port: number,
  name: string,
  store: () => Promise<void> = async () => {},
  sizes: number[] = [],
) {
  const handled: Handled[] = [];
  /** the processor that could publish when this one published what waited */
  let holderAtFlush: Promise<string | null> | null = null;
  const reader = new FixReader(await connectTo(port, 'commands'), await connectTo(port, 'waiting'), {
    name,
    partition: 0,
    mine: () => true,
    handle: async (events, redelivered) => {
      sizes.push(events.length);
      await store();
      for (const event of events) handled.push({ event, redelivered });
      return async () => {};
    },
    flush: () => {
      holderAtFlush ??= redis.client.get(keys.reader(0));
      // Other tests end without its reply.
      holderAtFlush.catch(() => {});
    },
    onUnreadable: () => {},
    onError: () => {},
  });
  const stopping = new AbortController();
  const running = reader.run(stopping.signal);
  const stop = async () => {
    stopping.abort();
    await running;
  };
  stops.push(stop);
  const numbers = () => handled.map(({ event }) => event.receivedAt);
  return { handled, stop, numbers, holderAtFlush: () => holderAtFlush };
}

/** A promise, and the function that resolves it; the end of the test does so in any case. */
function barrier(): [Promise<void>, () => void] {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  stops.push(async () => open());
  return [opened, open];
}

const appenderTo = async (port: number) =>
  new FixAppender(await connectTo(port, 'commands'), { partitions: 1, maxBacklog: 10_000 });
const append = (appender: FixAppender, receivedAt: number) =>
  appender.append('d', [{ driverId: 'd', receivedAt, change: 'available' }]);

async function appendAll(appender: FixAppender): Promise<number[]> {
  const numbers = Array.from({ length: EVENTS }, (_, i) => i);
  for (const receivedAt of numbers) {
    await append(appender, receivedAt);
    await sleep(SPACED_MS);
  }
  return numbers;
}

/** Connections whose last command was this one. */
async function connectionIds(command: string, flags = ''): Promise<string[]> {
  const clients = ((await redis.client.client('LIST')) as string).split('\n');
  return clients
    .filter((text) => text.includes(` cmd=${command} `) && new RegExp(` flags=\\w*${flags}`).test(text))
    .map((text) => /id=(\d+)/.exec(text)![1]!);
}
/** Connections on which a read waits in Redis. */
const readingIds = () => connectionIds('xread', 'b');

const unfinished = async () => (await progressOf(redis.client, 0)).backlog;

const reads = async () =>
  Number(/cmdstat_xread:calls=(\d+)/.exec(await redis.client.info('commandstats'))?.[1] ?? 0);

test('a distant stream is read in order and without gaps, with several reads in flight, and waits while nothing comes', async () => {
  const { numbers } = await startReading(line.port, 'reader');
  const appender = await appenderTo(redis.port);
  const startedAt = performance.now();
  const sent = await appendAll(appender);
  await expect.poll(numbers).toEqual(sent);
  const durationMs = performance.now() - startedAt;
  // One at a time would be at most one in each round trip.
  expect(await reads()).toBeGreaterThan((2 * durationMs) / (2 * ONE_WAY_MS));
  const before = await reads();
  await expect.poll(readingIds).toHaveLength(1);
  expect((await reads()) - before).toBeLessThan(20);
  await append(appender, EVENTS);
  await expect.poll(numbers).toEqual([...sent, EVENTS]);
  await expect.poll(unfinished).toBe(0);
  expect(await redis.client.xlen(keys.fixes(0))).toBe(0);
});

test('entries whose delivery was cut off with the connection are handled nevertheless', async () => {
  const { handled, numbers } = await startReading(line.port, 'reader');
  const appending = appendAll(await appenderTo(redis.port));
  await expect.poll(() => handled.length).toBeGreaterThan(50);
  for (const id of await connectionIds('xread')) await redis.client.client('KILL', 'ID', id);
  const sent = await appending;
  await expect.poll(() => new Set(numbers()).size, { timeout: 10_000 }).toBe(sent.length);
  await expect.poll(unfinished).toBe(0);
});

test('the next entries are read while a batch is stored, and are not finished before it is', async () => {
  const [storing, release] = barrier();
  const { numbers } = await startReading(redis.port, 'reader', () => storing);
  const appender = await appenderTo(redis.port);
  await append(appender, 1);
  await expect.poll(reads).toBeGreaterThan(0);
  const before = await reads();
  await append(appender, 2);
  await expect.poll(reads).toBeGreaterThan(before);
  expect(numbers()).toEqual([]);
  expect(await unfinished()).toBe(2);
  release();
  await expect.poll(numbers).toEqual([1, 2]);
  await expect.poll(unfinished).toBe(0);
});

test('after a holder that stalled, the next one handles what it had not finished, and the first one commits nothing', async () => {
  let stall = false;
  const [stalled, wake] = barrier();
  const [stuck, unblock] = barrier();
  const first = await startReading(redis.port, 'first', () => (stall ? stalled : Promise.resolve()));
  const appender = await appenderTo(redis.port);
  await append(appender, 1);
  await expect.poll(unfinished).toBe(0);
  const { finishedTo } = await progressOf(redis.client, 0);
  stall = true;
  await append(appender, 2);
  await expect.poll(unfinished).toBe(1);
  const next = await startReading(redis.port, 'next', () => stuck);
  // As if the first one had not renewed its lease for three seconds.
  await redis.client.del(keys.reader(0));
  await expect.poll(async () => (await progressOf(redis.client, 0)).reader).toBe('next');
  await append(appender, 3);
  wake();
  await expect.poll(first.numbers).toEqual([1, 2]);
  await first.stop();
  expect(await progressOf(redis.client, 0)).toMatchObject({ finishedTo, backlog: 2, reader: 'next' });
  expect(next.numbers()).toEqual([]);

  await redis.client.del(keys.reader(0));
  const heir = await startReading(redis.port, 'heir');
  await expect.poll(heir.numbers).toEqual([2, 3]);
  expect(heir.handled.every(({ redelivered }) => redelivered)).toBe(true);
  await append(appender, 4);
  await expect.poll(heir.numbers).toEqual([2, 3, 4]);
  await expect.poll(unfinished).toBe(0);
  unblock();
});

test('after a failover that took back the end of the stream, the entries in its place are handled', async () => {
  const { numbers } = await startReading(redis.port, 'reader');
  const appender = await appenderTo(redis.port);
  await append(appender, 1);
  await expect.poll(unfinished).toBe(0);
  const before = await progressOf(redis.client, 0);
  await append(appender, 2);
  await expect.poll(unfinished).toBe(0);
  // The new master has neither the second entry nor the cursor on it, and its clock is behind.
  const key = keys.fixes(0);
  const [ms, seq] = before.finishedTo.split('-').map(Number);
  const [other] = await connectionIds('xread', 'b');
  await redis.client
    .multi()
    .del(key)
    .hset(keys.cursor(0), 'at', before.finishedTo)
    .xadd(key, `${ms}-${seq! + 1}`, 'b', packEvents([{ driverId: 'd', receivedAt: 3, change: 'busy' }]))
    .call('CLIENT', 'KILL', 'ID', other!)
    .exec();
  await expect.poll(numbers).toEqual([1, 2, 3]);
  await append(appender, 4);
  await expect.poll(numbers).toEqual([1, 2, 3, 4]);
  await expect.poll(unfinished).toBe(0);
});

test('what waits to be published is published before another processor may read', async () => {
  const { stop, numbers, holderAtFlush } = await startReading(redis.port, 'reader');
  await append(await appenderTo(redis.port), 1);
  await expect.poll(numbers).toEqual([1]);
  expect(holderAtFlush()).toBeNull();
  await stop();
  expect(await holderAtFlush()).toContain('reader');
  expect(await redis.client.get(keys.reader(0))).toBeNull();
});

test('what waits to be published is published at once when the connection ends: another processor may read then', async () => {
  const { numbers, holderAtFlush } = await startReading(redis.port, 'reader');
  await append(await appenderTo(redis.port), 1);
  await expect.poll(numbers).toEqual([1]);
  expect(holderAtFlush()).toBeNull();
  await expect.poll(readingIds).toHaveLength(1);
  for (const id of await readingIds()) await redis.client.client('KILL', 'ID', id);
  await expect.poll(holderAtFlush).not.toBeNull();
});

test('a reader that is never assigned the partition flushes nothing', async () => {
  let asked = 0;
  let flushed = 0;
  const reader = new FixReader(
    await connectTo(redis.port, 'commands'),
    await connectTo(redis.port, 'waiting'),
    {
      name: 'spare',
      partition: 0,
      mine: () => {
        asked += 1;
        return false;
      },
      handle: async () => async () => {},
      flush: () => {
        flushed += 1;
      },
      onUnreadable: () => {},
      onError: () => {},
    },
  );
  const stopping = new AbortController();
  const running = reader.run(stopping.signal);
  stops.push(async () => {
    stopping.abort();
    await running;
  });
  await expect.poll(() => asked).toBeGreaterThan(5);
  expect(flushed).toBe(0);
});

test('a read of many entries with many events is handled in several batches', async () => {
  const sizes: number[] = [];
  const [storing, release] = barrier();
  const appender = await appenderTo(redis.port);
  const { numbers } = await startReading(redis.port, 'reader', () => storing, sizes);
  await append(appender, 0);
  await expect.poll(unfinished).toBe(1);
  const events = Array.from(
    { length: 15 },
    (_, i): DriverEvent => ({ driverId: `d${i}`, receivedAt: i, change: 'available' }),
  );
  const pipeline = redis.client.pipeline();
  for (let entry = 0; entry < 1_000; entry += 1) pipeline.xadd(keys.fixes(0), '*', 'b', packEvents(events));
  await pipeline.exec();
  release();
  await expect.poll(() => numbers().length).toBe(15_001);
  await expect.poll(unfinished).toBe(0);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000);
});
