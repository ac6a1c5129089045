import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { loadProcessConfig } from '#config';
import {
  addressOf,
  createLogger,
  FailureFilter,
  Heartbeat,
  logStart,
  NestLogger,
  orExit,
  Readiness,
  ready,
} from '#ops';
import { checkRedis } from '#store';
import { AppModule } from './app.module.js';
import { PartitionRunner } from './pipeline/partition-runner.js';

async function main(): Promise<void> {
  const config = loadProcessConfig(process.env);
  const node = config.node ?? `processor-${process.pid}`;
  const logger = createLogger(node, config.logLevel);
  logStart(logger, config);
  await checkRedis(config.redisUrl);
  const app = await NestFactory.create(AppModule.forRoot(config, node), { logger: new NestLogger(logger) });
  app.useGlobalFilters(new FailureFilter());
  // Health and metrics only, for those on this machine or in this pod.
  await app.listen(config.opsPort, config.opsHost);
  await app.get(Heartbeat).start(addressOf(app));
  await app.get(PartitionRunner).start();
  const drain = async () => app.get(Readiness).set('draining', 'the process is stopping');
  ready({ node, url: addressOf(app) }, () => app.close(), logger, drain);
}

await orExit(main());
