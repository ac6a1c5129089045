import 'reflect-metadata';
import cluster from 'node:cluster';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { setupWorker } from '@socket.io/sticky';
import type { Request } from 'express';
import { accessLog, NestLogger, type ProcessContext, Readiness, runProcess } from '#ops';
import { Hub, HubIoAdapter } from '#realtime';
import { AppModule } from './app.module.js';
import { requireJson } from './auth/require-json.js';
import { ClientMover } from './drain/client-mover.js';
import { serveLoadBalancers } from './drain/load-balancers.js';
import { httpSemantics } from './http/http-semantics.js';
import { limitHeads } from './http/limit-heads.js';
import { corsFor, socketOrigins } from './http/origins.js';
import { securityHeaders } from './http/security-headers.js';
import { GatewayMetrics } from './metrics/gateway-metrics.js';
import { measureRequests } from './metrics/measure-requests.js';
import { servePages } from './pages/pages.js';
import { SEND_QUEUE } from './realtime/realtime.module.js';
import { sessionIdOf } from './session-ids.js';
import { isImport } from './zones/import-body.js';

const create = ({ config, node, logger }: ProcessContext) =>
  NestFactory.create<NestExpressApplication>(AppModule.forRoot(config, node), {
    logger: new NestLogger(logger),
    // Nest's default parser also accepts forms, which any website can send.
    bodyParser: false,
  });

/**
 * On its own, a gateway listens at HEXFLEET_HOST and PORT, behind a load balancer with sticky sessions. As a worker of the
 * front, it receives its connections from there, and listens at an address of its own for health checks.
 */
async function listen(app: NestExpressApplication, { config, node, logger }: ProcessContext): Promise<void> {
  const hub = app.get(Hub);
  const options = { ...socketOrigins(config), pingInterval: config.pingIntervalMs };
  app.useWebSocketAdapter(new HubIoAdapter(app, hub, app.get(SEND_QUEUE), options));
  app.enableCors(corsFor(config));
  app.setGlobalPrefix('api', { exclude: ['healthz', 'readyz'] });
  app.use(securityHeaders(config));
  app.use('/api', accessLog(logger));
  app.use('/api', measureRequests(app.get(GatewayMetrics)));
  app.use(httpSemantics(config.demo === true));
  app.use('/api', requireJson);
  // The larger body of an import is read after its caller was checked.
  const type = (request: IncomingMessage) =>
    !isImport(request) && Boolean((request as Request).is('application/json'));
  app.useBodyParser('json', { limit: '64kb', type });
  app.disable('x-powered-by');
  servePages(app);
  await app.init();
  if (cluster.isWorker) {
    const { id } = cluster.worker!;
    hub.server.engine.generateId = () => sessionIdOf(id);
    setupWorker(hub.server);
  } else serveLoadBalancers(app.getHttpServer(), hub.server.engine, node, app.get(Readiness));
  // Without `exclusive`, the workers would share one port.
  const address = cluster.isWorker
    ? { port: 0, host: config.opsHost, exclusive: true }
    : { port: config.port, host: config.host };
  const server: HttpServer = app.getHttpServer();
  limitHeads(server);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(address, resolve));
}

await runProcess('gateway', { create, listen, drain: (app) => app.get(ClientMover).drain() });
