import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FIELD, packEvents, partitionOf, progressOf } from '../../libs/store/src/fix-stream.js';
import { keys } from '../../libs/store/src/keys.js';
import { metricsOf, readinessOf } from '../fixtures/prometheus.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';
import { type Service, startService, stopService } from '../fixtures/system.js';

/** Each test starts several processes one after another. */
const TIMEOUT_MS = 180_000;
const PROCESSOR = 'apps/processor/src/main.js';

let redis: TestRedis;
const running: Service[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  await Promise.all(running.map(stopService));
  await redis.stop();
});

const environment = (partitions: number, more = {}): Record<string, string> => ({
  PATH: process.env.PATH!,
  HEXFLEET_REDIS_URL: redis.url,
  HEXFLEET_JWT_SECRET: 'a secret of the tests, at least 32 characters',
  HEXFLEET_PARTITIONS: String(partitions),
  HEXFLEET_LOG_LEVEL: 'silent',
  ...more,
});
const start = async (node: string, partitions: number, more = {}) => {
  const service = await startService(PROCESSOR, environment(partitions, { HEXFLEET_NODE: node, ...more }));
  running.push(service);
  return service;
};
/** Runs `npm run settings` without installing and building. */
const settings = (partitions: number, ...args: string[]) =>
  spawnSync(
    process.execPath,
    [fileURLToPath(new URL('../../dist/apps/processor/src/settings.js', import.meta.url)), ...args],
    { env: environment(partitions), encoding: 'utf8' },
  );
const backlogOf = async (partition: number) => (await progressOf(redis.client, partition)).backlog;

test(
  'processes must agree on their settings, and a smaller number of partitions loses no fix',
  async () => {
    const first = await start('settings-1', 4);

    // Side by side, because each start takes a second of CPU time and much waiting.
    await Promise.all([
      expect(start('settings-2', 2)).rejects.toThrow(
        /ended with 1: HEXFLEET_PARTITIONS=2: this installation uses 4; [^\n]*npm run settings -- --apply\n$/,
      ),
      expect(start('settings-3', 4, { HEXFLEET_SILENT_MS: '20000' })).rejects.toThrow(
        /ended with 1: HEXFLEET_SILENT_MS=20000: this installation uses 30000/,
      ),
      expect(
        start('settings-4', 4, { HEXFLEET_JWT_SECRET: 'another secret with at least 32 characters' }),
      ).rejects.toThrow(
        /ended with 1: HEXFLEET_INSTALLATION_SECRET, or without it HEXFLEET_JWT_SECRET: this installation/,
      ),
      expect(start('settings-1', 4)).rejects.toThrow(
        /ended with 1: HEXFLEET_NODE=settings-1: a process with this name is already alive/,
      ),
    ]);
    expect(settings(2, '--apply').stderr).toBe('Stop all processes first; still running: settings-1\n');
    await stopService(first);

    const drivers = Array.from({ length: 40 }, (_, i) => `settings-driver-${i}`);
    const now = Date.now();
    for (const driverId of drivers) {
      const event = { driverId, receivedAt: now, fix: { t: now, lat: 41.2, lng: 2.1 } };
      await redis.client.xadd(keys.fixes(partitionOf(driverId, 4)), '*', FIELD, packEvents([event]));
    }
    for (const partition of [0, 1, 2, 3]) expect(await backlogOf(partition)).toBeGreaterThan(0);
    const applied = settings(2, '--apply');
    expect(applied.stderr).toBe('');
    expect(applied.stdout).toContain('40 entries wait in 4 partitions.');
    expect(applied.stdout).toContain('partitions 2\n');
    for (const partition of [0, 1]) expect(await backlogOf(partition)).toBe(0);
    expect(await redis.client.exists(keys.fixes(2), keys.fixes(3))).toBe(0);
    const records = await Promise.all(
      (await redis.client.keys('{*}:drivers')).map((key) => redis.client.hkeys(key)),
    );
    expect(records.flat().sort()).toEqual(drivers.sort());

    await expect(start('settings-1', 4)).rejects.toThrow(/HEXFLEET_PARTITIONS=4: this installation uses 2/);
    await start('settings-1', 2);
  },
  TIMEOUT_MS,
);

test(
  'a change that was interrupted keeps processes from starting until it is repeated',
  async () => {
    await Promise.all(running.map(stopService));
    await redis.client.hset(keys.settings, 'partitions', '2>3');
    await Promise.all([
      expect(start('settings-1', 2)).rejects.toThrow(/is being changed from 2 to 3/),
      expect(start('settings-2', 3)).rejects.toThrow(/run npm run settings -- --apply/),
    ]);
    expect(settings(3, '--apply').stdout).toContain('partitions 3\n');
    await start('settings-1', 3);
  },
  TIMEOUT_MS,
);

test(
  'fixes in a partition that the first start would not read stop that start',
  async () => {
    await Promise.all(running.map(stopService));
    await redis.client.del(keys.settings);
    await redis.client.xadd(keys.fixes(5), '*', FIELD, '[]');
    await expect(start('settings-1', 3)).rejects.toThrow(/HEXFLEET_PARTITIONS=3: fixes wait in partition 5/);
    await start('settings-1', 6);
  },
  TIMEOUT_MS,
);

test(
  'a partition without a reader is reported in the readiness, the metrics and the log',
  async () => {
    await Promise.all(running.map(stopService));
    const { ready, output } = await start('settings-1', 6, { HEXFLEET_LOG_LEVEL: 'warn' });
    const readiness = () => readinessOf(ready);
    const metrics = () => metricsOf(ready);
    await expect.poll(readiness).toMatchObject({ status: 200, body: { problems: [], withoutReader: [] } });
    // A lease held by a process that does not exist: nobody reads the partition, until it expires.
    const takeAway = setInterval(() => redis.client.set(keys.reader(5), '', 'PX', 1_000), 50);
    try {
      await expect.poll(readiness).toMatchObject({ status: 503, body: { ok: false } });
      await expect.poll(metrics).toMatch(/hexfleet_partitions_without_reader\{[^}]*\} 1/);
      await expect.poll(output).toContain('no processor reads partition 5');
    } finally {
      clearInterval(takeAway);
    }
    await expect.poll(readiness, { timeout: 20_000 }).toMatchObject({ status: 200 });
    await expect.poll(output).toContain('positions arrive again after');
  },
  TIMEOUT_MS,
);
