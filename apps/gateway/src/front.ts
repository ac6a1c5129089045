import cluster, { type Worker } from 'node:cluster';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { setupMaster } from '@socket.io/sticky';
import { loadProcessConfig, requireGatewayKeys, urlOf } from '#config';
import { createLogger, logStart, orExit, ready } from '#ops/process';
import {
  admitConnections,
  hideFromNewSessions,
  passSocketsOn,
  routeBySessionId,
  waitForHead,
  withholdConnections,
} from './front-internals.js';

const MIN_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 5_000;
const HEALTHY_MS = 10_000;

type Ready = { type: 'ready'; node: string; url: string; metricsUrl: string; pid: number };
type Draining = { type: 'draining' };

/**
 * Runs the gateways of one machine behind one address. Accepts connections and hands each to a gateway, those of one session
 * always to the same one. Restarts a gateway that dies; meanwhile its clients connect to another one.
 */
async function main(): Promise<void> {
  const config = loadProcessConfig(process.env);
  requireGatewayKeys(config);
  const logger = createLogger('front', config.logLevel);
  logStart(logger, config);
  const server = createServer();
  // Connection counts lag behind when a crowd reconnects at once: it would all go to one gateway.
  setupMaster(server, { loadBalancingMethod: 'round-robin' });
  server.on('connection', routeBySessionId);
  server.on('connection', waitForHead);
  // Only gateways answer: the connection may belong to one of them already.
  server.on('clientError', (_, socket) => socket.destroy());
  // Sockets are passed between processes; the default serialization drops them silently.
  cluster.setupPrimary({
    exec: fileURLToPath(new URL('./main.js', import.meta.url)),
    serialization: 'advanced',
  });
  let closing = false;
  const workers = new Set<Worker>();

  const start = (node: string, backoffMs: number): Promise<Ready> => {
    const startedAt = Date.now();
    const worker: Worker = cluster.fork({ HEXFLEET_NODE: node });
    // One that is still starting would keep its clients waiting.
    withholdConnections(worker);
    workers.add(worker);
    passSocketsOn(worker);
    worker.on('error', (error) => logger.warn(`${node}: ${error.message}`));
    return new Promise((resolve, reject) => {
      worker.on('message', (message: Ready | Draining) => {
        if (message.type === 'draining' && !closing) hideFromNewSessions(worker);
        if (message.type !== 'ready') return;
        admitConnections(worker);
        resolve(message);
      });
      worker.once('exit', (code, signal) => {
        workers.delete(worker);
        reject(new Error(`${node} exited before it was ready`));
        if (closing) return;
        const next =
          Date.now() - startedAt > HEALTHY_MS ? MIN_BACKOFF_MS : Math.min(backoffMs * 2, MAX_BACKOFF_MS);
        logger.error(`${node} exited (${signal ?? `code ${code}`}); restarting it in ${next} ms`);
        setTimeout(() => !closing && start(node, next).catch(() => {}), next);
      });
    });
  };

  const close = async () => {
    closing = true;
    server.close();
    await Promise.all(
      [...workers].map((worker) => {
        worker.process.kill('SIGTERM');
        return new Promise((resolve) => worker.once('exit', resolve));
      }),
    );
  };

  const names = Array.from({ length: config.gateways }, (_, i) => `${config.node ?? 'gateway'}-${i + 1}`);
  const nodes = await Promise.all(names.map((node) => start(node, MIN_BACKOFF_MS)));
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen({ port: config.port, host: config.host }, resolve),
  );
  const { port } = server.address() as { port: number };
  ready({ url: urlOf(config.host, port), nodes: nodes.map(({ type: _, ...node }) => node) }, close, logger);
}

await orExit(main());
