import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger, NestLogger } from '../../libs/ops/src/logger.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

test('log lines contain neither the credentials of a URL nor the arguments of AUTH', async () => {
  const url = `redis://someone:hunter2@127.0.0.1:${redis.port}`;
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  const error = await client.call('AUTH', 'someone', 'hunter2').catch((refused: unknown) => refused);
  client.disconnect();
  // Without this the test would prove nothing.
  expect(JSON.stringify(error)).toContain('hunter2');
  const lines: string[] = [];
  const logger = createLogger('test', 'info', { write: (line) => void lines.push(line) });
  logger.error({ err: error }, 'refused');
  logger.error({ err: new Error(`cannot reach ${url}`) });
  logger.warn({ url }, `trying ${url} again`);
  expect(lines).toHaveLength(3);
  expect(lines.join('')).not.toContain('hunter2');
  expect(lines[0]).toContain('WRONGPASS');
  expect(lines[1]).toContain(`cannot reach redis://***@127.0.0.1:${redis.port}`);
});

test('an error with fields is one line with these fields', () => {
  const lines: string[] = [];
  const logger = new NestLogger(createLogger('test', 'info', { write: (line) => void lines.push(line) }));
  const err = new Error('cut off');
  logger.error({ message: err.message, err, userId: 'u-1', requestId: 'q-1' }, 'requests');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      context: 'requests',
      msg: 'cut off',
      userId: 'u-1',
      requestId: 'q-1',
      err: { message: 'cut off', type: 'Error' },
    },
  ]);
});
