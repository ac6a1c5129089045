import { setTimeout as sleep } from 'node:timers/promises';
import { connect, FixAppender } from '#store';
import { startRedis } from '../../fixtures/redis.js';
import { startRedisCluster } from '../../fixtures/redis-cluster.js';
import { startService, stopService } from '../../fixtures/system.js';
import { cpuMs } from '../cpu.js';

/** A load of fixes that goes straight into the stream: gateways have no part in how its cost grows. */
export type FixLoad = {
  drivers: number;
  fixesPerS: number;
  /** processors, each of which reads one partition */
  processors: number;
  /** one Redis, or a cluster of three masters */
  masters: 1 | 3;
  measureMs: number;
};

/** CPU of a fix, µs. */
export type FixCost = { processorUs: number; redisUs: number };

const STEP_MS = 20;
const WARMUP_MS = 3_000;
const CITY = { south: 40.55, west: -74.15, size: 0.4 };

/** Measures what processors and Redis use for a fix. */
export async function fixCost(load: FixLoad): Promise<FixCost> {
  const { drivers, fixesPerS, processors, masters, measureMs } = load;
  const redis = masters === 1 ? await startRedis('everysec') : await startRedisCluster();
  const redisPids = 'masterNodes' in redis ? redis.masterNodes.map((node) => node.pid()) : [redis.pid()];
  const env = {
    HEXFLEET_REDIS_URL: redis.url,
    HEXFLEET_JWT_SECRET: 'a secret of the benchmarks, of 32 characters',
    HEXFLEET_PARTITIONS: String(processors),
    HEXFLEET_LOG_LEVEL: 'warn',
  };
  const services = await Promise.all(
    Array.from({ length: processors }, (_, i) =>
      startService('apps/processor/src/main.js', { ...env, HEXFLEET_NODE: `processor-${i + 1}` }),
    ),
  );
  const client = connect(redis.url, 'commands', () => {});
  const appender = new FixAppender(client, { partitions: processors, maxBacklog: 10_000_000 });
  const pids = services.map(({ process }) => process.pid!);
  const cpu = (of: number[]) => of.reduce((sum, pid) => sum + cpuMs(pid), 0);
  try {
    // Each driver enters the index once before the measurement: a new one costs more than a move.
    const enterMs = (drivers / Math.max(fixesPerS, 5_000)) * 1_000;
    await send(appender, { drivers, fixesPerS: Math.max(fixesPerS, 5_000), forMs: enterMs, from: 0 });
    await send(appender, { drivers, fixesPerS, forMs: WARMUP_MS, from: drivers });
    const before = { processor: cpu(pids), redis: cpu(redisPids) };
    const sent = await send(appender, { drivers, fixesPerS, forMs: measureMs, from: 2 * drivers });
    const usOf = (ms: number) => (ms * 1_000) / sent;
    return {
      processorUs: usOf(cpu(pids) - before.processor),
      redisUs: usOf(cpu(redisPids) - before.redis),
    };
  } finally {
    await Promise.all(services.map(stopService));
    client.disconnect();
    await redis.stop();
  }
}

type Sending = { drivers: number; fixesPerS: number; forMs: number; from: number };

/** Appends fixes when they are due, in turn of the drivers. @returns their number */
async function send(appender: FixAppender, { drivers, fixesPerS, forMs, from }: Sending): Promise<number> {
  const startedAt = performance.now();
  let sent = 0;
  for (;;) {
    const elapsedMs = Math.min(performance.now() - startedAt, forMs);
    const due = Math.floor((elapsedMs * fixesPerS) / 1_000);
    for (; sent < due; sent += 1) {
      const n = from + sent;
      const i = n % drivers;
      const lap = Math.floor(n / drivers);
      const t = Date.now();
      const fix = {
        t,
        lat: CITY.south + ((i * 0.618034) % 1) * CITY.size + (lap % 50) * 0.00005,
        lng: CITY.west + ((i * 0.414214) % 1) * CITY.size,
        heading: i % 360,
        speedMps: 8,
      };
      // Redis that does not keep up shows in the result.
      void appender.append(`growth-${i}`, [{ driverId: `growth-${i}`, receivedAt: t, fix }]).catch(() => {});
    }
    if (elapsedMs >= forMs) return sent;
    await sleep(STEP_MS);
  }
}
