import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, connected, type DriverEvent, FixAppender, FixReader, type RedisClient } from '#store';
import { progressOf } from '../../libs/store/src/fix-stream.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';
import { startSlowProxy } from '../fixtures/slow-proxy.js';

const ONE_WAY_MS = 50;
const EVENTS = 300;
const SPACED_MS = 5;

let redis: TestRedis;
let line: { port: number; stop(): void };
const clients: RedisClient[] = [];
beforeEach(async () => {
  redis = await startRedis();
  line = await startSlowProxy(redis.port, ONE_WAY_MS);
});
afterEach(async () => {
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

/** Reads a distant stream until `stop`, and collects what it handles. */
async function startReading() {
  const handled: DriverEvent[] = [];
  const reader = new FixReader(
    await connectTo(line.port, 'commands'),
    await connectTo(line.port, 'waiting'),
    {
      consumer: 'reader',
      partition: 0,
      mine: () => true,
      handle: async (events) => {
        handled.push(...events);
        return async () => {};
      },
      onUnreadable: () => {},
      onError: () => {},
    },
  );
  const stopping = new AbortController();
  const running = reader.run(stopping.signal);
  const stop = async () => {
    stopping.abort();
    await running;
  };
  return { handled, stop };
}

async function append(appender: FixAppender): Promise<number[]> {
  const numbers = Array.from({ length: EVENTS }, (_, i) => i);
  for (const receivedAt of numbers) {
    await appender.append('d', [{ driverId: 'd', receivedAt, change: 'available' }]);
    await new Promise((resolve) => setTimeout(resolve, SPACED_MS));
  }
  return numbers;
}

/** Connections on which a read waits in Redis. */
async function readingIds(): Promise<string[]> {
  const list = (await redis.client.client('LIST')) as string;
  return list
    .split('\n')
    .flatMap((text) => (/cmd=xreadgroup/.test(text) ? [/id=(\d+)/.exec(text)![1]!] : []));
}

const unfinished = async () => (await progressOf(redis.client, 0)).backlog;

test('a distant stream is read in order, and with several reads in flight', async () => {
  const { handled, stop } = await startReading();
  const appender = new FixAppender(await connectTo(redis.port, 'commands'), {
    partitions: 1,
    flushMs: 0,
    maxBacklog: 10_000,
  });
  const startedAt = performance.now();
  const numbers = await append(appender);
  await expect.poll(() => handled.map(({ receivedAt }) => receivedAt)).toEqual(numbers);
  await expect.poll(unfinished).toBe(0);
  const durationMs = performance.now() - startedAt;
  const reads = Number(
    /cmdstat_xreadgroup:calls=(\d+)/.exec(await redis.client.info('commandstats'))?.[1] ?? 0,
  );
  // One at a time would be at most one in each round trip.
  expect(reads).toBeGreaterThan((2 * durationMs) / (2 * ONE_WAY_MS));
  await stop();
});

test('entries whose delivery was cut off with the connection are handled nevertheless', async () => {
  const { handled, stop } = await startReading();
  const appender = new FixAppender(await connectTo(redis.port, 'commands'), {
    partitions: 1,
    flushMs: 0,
    maxBacklog: 10_000,
  });
  const appending = append(appender);
  await expect.poll(() => handled.length).toBeGreaterThan(50);
  for (const id of await readingIds()) await redis.client.client('KILL', 'ID', id);
  const numbers = await appending;
  const seen = () => new Set(handled.map(({ receivedAt }) => receivedAt)).size;
  await expect.poll(seen, { timeout: 10_000 }).toBe(numbers.length);
  await expect.poll(unfinished).toBe(0);
  await stop();
});
