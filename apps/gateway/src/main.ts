import 'reflect-metadata';
import cluster from 'node:cluster';
import type { Server as HttpServer } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { setupWorker } from '@socket.io/sticky';
import { loadProcessConfig } from '#config';
import { addressOf, createLogger, FailureFilter, Heartbeat, NestLogger, orExit, ready } from '#ops';
import { Hub, HubIoAdapter } from '#realtime';
import { checkRedis } from '#store';
import { gatewayModule } from './app.module.js';
import { requireJson } from './auth/require-json.js';
import { servePages } from './pages/pages.js';

/**
 * One gateway. Alone it listens at HEXFLEET_HOST and PORT, behind a load balancer with sticky sessions; as a worker of the front it gets
 * its connections from there, and answers at an address of its own besides, for health checks and metrics.
 */
async function main(): Promise<void> {
  const config = loadProcessConfig(process.env);
  const node = config.node ?? `gateway-${process.pid}`;
  const logger = createLogger(node, config.logLevel);
  await checkRedis(config.redisUrl);
  const app = await NestFactory.create<NestExpressApplication>(gatewayModule(config, node), {
    logger: new NestLogger(logger),
    // Nest's own would take forms as well, which any page of the web can send.
    bodyParser: false,
  });
  const server: HttpServer = app.getHttpServer();
  const hub = app.get(Hub);
  app.useWebSocketAdapter(new HubIoAdapter(app, hub));
  app.setGlobalPrefix('api', { exclude: ['healthz', 'readyz', 'metrics'] });
  app.useGlobalFilters(new FailureFilter());
  app.use('/api', requireJson);
  app.useBodyParser('json', { limit: '64kb' });
  app.disable('x-powered-by');
  servePages(app);
  await app.init();
  if (cluster.isWorker) setupWorker(hub.server);
  // A worker's port would otherwise be shared with the other workers.
  const at = cluster.isWorker
    ? { port: 0, host: config.opsHost, exclusive: true }
    : { port: config.port, host: config.host };
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(at, resolve));
  const url = addressOf(app);
  await app.get(Heartbeat).start(url);
  ready({ node, url, pid: process.pid }, () => app.close(), logger);
}

await orExit(main());
