import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { NestLogger, Readiness, runProcess } from '#ops';
import { AppModule } from './app.module.js';
import { PartitionRunner } from './pipeline/partition-runner.js';
import { ZoneRevisions } from './zones/zones.module.js';

await runProcess('processor', {
  create: ({ config, node, logger }) =>
    NestFactory.create(AppModule.forRoot(config, node), { logger: new NestLogger(logger) }),
  // Health only, for those on this machine or in this pod.
  listen: (app, { config }) => app.listen(config.opsPort, config.opsHost),
  begin: async (app) => {
    await app.get(ZoneRevisions).start();
    await app.get(PartitionRunner).start();
  },
  drain: async (app) => app.get(Readiness).set('draining', 'the process is stopping'),
});
