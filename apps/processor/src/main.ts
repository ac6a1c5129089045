import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { loadProcessConfig } from '#config';
import {
  addressOf,
  createLogger,
  defaultNode,
  exitRefused,
  FailureFilter,
  Heartbeat,
  joinInstallation,
  logStart,
  NestLogger,
  orExit,
  REDIS,
  Readiness,
  ready,
} from '#ops';
import { checkRedis, connected, type RedisClient } from '#store';
import { AppModule } from './app.module.js';
import { PartitionRunner } from './pipeline/partition-runner.js';

async function main(): Promise<void> {
  const given = loadProcessConfig(process.env);
  const node = given.node ?? defaultNode('processor');
  const logger = createLogger(node, given.logLevel);
  logStart(logger, given);
  const config = { ...given, redisUrl: await checkRedis(given.redisUrl) };
  const membership = await joinInstallation(config, node, exitRefused);
  const app = await NestFactory.create(AppModule.forRoot(config, node), { logger: new NestLogger(logger) });
  await connected(app.get<RedisClient>(REDIS));
  app.useGlobalFilters(new FailureFilter());
  // Health and metrics only, for those on this machine or in this pod.
  await app.listen(config.opsPort, config.opsHost);
  await app.get(Heartbeat).start(addressOf(app));
  await app.get(PartitionRunner).start();
  const drain = async () => app.get(Readiness).set('draining', 'the process is stopping');
  const close = async () => {
    await app.close();
    await membership.leave();
  };
  ready({ node, url: addressOf(app) }, close, logger, drain);
}

await orExit(main());
