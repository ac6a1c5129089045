import cluster from 'node:cluster';
import { createServer, type Server } from 'node:http';
import { HttpException, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '#config';
import { Health } from './health.js';
import { InstallationMetrics } from './installation-metrics.js';
import { addressOf } from './lifecycle.js';
import { Metrics } from './metrics.js';

type Answer = { status: number; type: string; body: string };

const json = (status: number, body: unknown): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(body),
});

/**
 * Serves metrics and the details of the readiness at a port of their own, which need not be reachable from where clients are.
 */
@Injectable()
export class MetricsServer implements OnApplicationShutdown {
  readonly #server: Server;

  constructor(
    private readonly metrics: Metrics,
    private readonly installation: InstallationMetrics,
    private readonly health: Health,
  ) {
    this.#server = createServer(async (request, response) => {
      const path = request.url?.split('?', 1)[0];
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      const { status, type, body } = isRead ? await this.#answer(path) : json(405, { ok: false });
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? '' : body);
    });
  }

  /**
   * Begins to listen. Behind the local front, where several gateways share the settings, the port is a free one.
   * @returns the address of the server
   */
  async listen({ metricsPort, metricsHost, host }: Config): Promise<string> {
    const port = cluster.isWorker ? 0 : metricsPort;
    await new Promise<void>((resolve, reject) =>
      this.#server
        .once('error', reject)
        // Without `exclusive`, the workers would share one port.
        .listen({ port, host: metricsHost ?? host, exclusive: true }, resolve),
    );
    return addressOf(this.#server);
  }

  onApplicationShutdown(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(path: string | undefined): Promise<Answer> {
    try {
      if (path === '/metrics') {
        const body = await this.installation.withOwn(this.metrics.registry);
        return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body };
      }
      if (path === '/readyz') return json(200, await this.health.ready());
      return path === '/healthz' ? json(200, { ok: true }) : json(404, { ok: false });
    } catch (error) {
      return json(503, { ok: false, ...(error instanceof HttpException && { why: error.getResponse() }) });
    }
  }
}
