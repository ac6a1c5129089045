import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { NestLogger, Readiness, runProcess } from '#ops';
import { AppModule } from './app.module.js';
import { PartitionRunner } from './pipeline/partition-runner.js';

await runProcess('processor', {
  create: ({ config, node, logger }) =>
    NestFactory.create(AppModule.forRoot(config, node), { logger: new NestLogger(logger) }),
  // Health and metrics only, for those on this machine or in this pod.
  listen: (app, { config }) => app.listen(config.opsPort, config.opsHost),
  begin: (app) => app.get(PartitionRunner).start(),
  drain: async (app) => app.get(Readiness).set('draining', 'the process is stopping'),
});
