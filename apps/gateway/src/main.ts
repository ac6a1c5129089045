import 'reflect-metadata';
import cluster from 'node:cluster';
import type { Server as HttpServer } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { setupWorker } from '@socket.io/sticky';
import { loadProcessConfig } from '#config';
import {
  accessLog,
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
  ready,
} from '#ops';
import { Hub, HubIoAdapter } from '#realtime';
import { checkRedis, connected, type RedisClient } from '#store';
import { AppModule } from './app.module.js';
import { requireJson } from './auth/require-json.js';
import { ClientMover } from './drain/client-mover.js';
import { httpSemantics } from './http/http-semantics.js';
import { corsFor, socketOrigins } from './http/origins.js';
import { servePages } from './pages/pages.js';
import { SEND_QUEUE } from './realtime/realtime.module.js';
import { sessionIdOf } from './session-ids.js';

/**
 * Runs one gateway. On its own, it listens at HEXFLEET_HOST and PORT, behind a load balancer with sticky sessions. As a
 * worker of the front, it receives its connections from there, and listens at an address of its own for health checks and
 * metrics.
 */
async function main(): Promise<void> {
  const given = loadProcessConfig(process.env);
  const node = given.node ?? defaultNode('gateway');
  const logger = createLogger(node, given.logLevel);
  logStart(logger, given);
  const config = { ...given, redisUrl: await checkRedis(given.redisUrl) };
  const membership = await joinInstallation(config, node, exitRefused);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config, node), {
    logger: new NestLogger(logger),
    // Nest's default parser also accepts forms, which any website can send.
    bodyParser: false,
  });
  await connected(app.get<RedisClient>(REDIS));
  const server: HttpServer = app.getHttpServer();
  const hub = app.get(Hub);
  app.useWebSocketAdapter(new HubIoAdapter(app, hub, app.get(SEND_QUEUE), socketOrigins(config)));
  app.enableCors(corsFor(config));
  app.setGlobalPrefix('api', { exclude: ['healthz', 'readyz', 'metrics'] });
  app.useGlobalFilters(new FailureFilter());
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
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(address, resolve));
  const url = addressOf(app);
  await app.get(Heartbeat).start(url);
  const drain = () => app.get(ClientMover).drain();
  const close = async () => {
    await app.close();
    await membership.leave();
  };
  ready({ node, url, pid: process.pid }, close, logger, drain);
}

await orExit(main());
