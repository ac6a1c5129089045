import 'reflect-metadata';
import cluster from 'node:cluster';
import type { Server as HttpServer } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { setupWorker } from '@socket.io/sticky';
import { accessLog, NestLogger, type ProcessContext, runProcess } from '#ops';
import { Hub, HubIoAdapter } from '#realtime';
import { AppModule } from './app.module.js';
import { requireJson } from './auth/require-json.js';
import { ClientMover } from './drain/client-mover.js';
import { httpSemantics } from './http/http-semantics.js';
import { corsFor, socketOrigins } from './http/origins.js';
import { servePages } from './pages/pages.js';
import { SEND_QUEUE } from './realtime/realtime.module.js';
import { sessionIdOf } from './session-ids.js';

const create = ({ config, node, logger }: ProcessContext) =>
  NestFactory.create<NestExpressApplication>(AppModule.forRoot(config, node), {
    logger: new NestLogger(logger),
    // Nest's default parser also accepts forms, which any website can send.
    bodyParser: false,
  });

/**
 * On its own, a gateway listens at HEXFLEET_HOST and PORT, behind a load balancer with sticky sessions. As a worker of the
 * front, it receives its connections from there, and listens at an address of its own for health checks and metrics.
 */
async function listen(app: NestExpressApplication, { config, logger }: ProcessContext): Promise<void> {
  const hub = app.get(Hub);
  app.useWebSocketAdapter(new HubIoAdapter(app, hub, app.get(SEND_QUEUE), socketOrigins(config)));
  app.enableCors(corsFor(config));
  app.setGlobalPrefix('api', { exclude: ['healthz', 'readyz', 'metrics'] });
  app.use('/api', accessLog(logger));
  app.use(httpSemantics(config.demo === true));
  app.use('/api', requireJson);
  app.useBodyParser('json', { limit: '64kb' });
  app.disable('x-powered-by');
  servePages(app);
  await app.init();
  if (cluster.isWorker) {
    const { id } = cluster.worker!;
    hub.server.engine.generateId = () => sessionIdOf(id);
    setupWorker(hub.server);
  }
  // Without `exclusive`, the workers would share one port.
  const address = cluster.isWorker
    ? { port: 0, host: config.opsHost, exclusive: true }
    : { port: config.port, host: config.host };
  const server: HttpServer = app.getHttpServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(address, resolve));
}

await runProcess('gateway', { create, listen, drain: (app) => app.get(ClientMover).drain() });
