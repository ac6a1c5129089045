import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { type Config, loadProcessConfig } from '#config';
import { createLogger, NestLogger, orExit, REDIS } from '#ops';
import {
  checkRedis,
  clock,
  connect,
  connected,
  FixAppender,
  NodeName,
  Nodes,
  type RedisClient,
  SettingsStore,
  sharedSettingsOf,
} from '#store';
import { AppModule } from './app.module.js';
import { PartitionRunner } from './pipeline/partition-runner.js';

const NODE = 'settings';
const POLL_MS = 500;
/** A process that was just starting exits within a second; its last fixes are drained, too. */
const MIN_DRAIN_MS = 2_500;

const print = (line: string) => process.stdout.write(`${line}\n`);

/**
 * Prints the settings that the processes of an installation share. With `--apply` it processes all fixes that wait, and then
 * stores the settings of this environment instead.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { apply: { type: 'boolean', default: false } } });
  const given = loadProcessConfig(process.env);
  const config = { ...given, redisUrl: await checkRedis(given.redisUrl, given) };
  const redis = connect(config.redisUrl, 'waiting', () => {}, config.prefix);
  const settings = new SettingsStore(redis);
  const name = new NodeName(redis, NODE);
  try {
    if (values.apply) {
      const alive = (await new Nodes(redis).alive(clock.now())).map(({ node }) => node);
      if (alive.length > 0) throw new Error(`Stop all processes first; still running: ${alive.join(', ')}`);
      if (!(await name.keep())) throw new Error('npm run settings is already running');
      const own = sharedSettingsOf(config);
      await drain({ ...config, partitions: await settings.beginChange(own) }, () => name.keep());
      await settings.finishChange(own);
      await name.release();
      print('Stored the settings of this environment.');
    }
    for (const [field, value] of Object.entries(await settings.read()).sort()) print(`${field} ${value}`);
  } finally {
    redis.disconnect();
  }
}

/** Processes everything in the fix stream, as a processor. */
async function drain(config: Config, eachTime: () => Promise<unknown>): Promise<void> {
  const logger = new NestLogger(createLogger(NODE, 'error'));
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(config, NODE), { logger });
  await connected(app.get<RedisClient>(REDIS));
  await app.get(PartitionRunner).start();
  const startedAt = performance.now();
  for (let last = -1; ; await sleep(POLL_MS)) {
    const backlog = (await app.get(FixAppender).measure()).reduce(
      (sum, partition) => sum + partition.backlog,
      0,
    );
    if (backlog !== last) print(`${backlog} entries wait in ${config.partitions} partitions.`);
    if (backlog === 0 && performance.now() - startedAt >= MIN_DRAIN_MS) break;
    last = backlog;
    await eachTime();
  }
  await app.close();
}

await orExit(main().then(() => process.exit(0)));
