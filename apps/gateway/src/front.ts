import cluster, { type Worker } from 'node:cluster';
import { createServer } from 'node:http';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setupMaster } from '@socket.io/sticky';
import { loadProcessConfig, urlOf } from '#config';
import { createLogger, logStart, orExit, ready } from '#ops/process';
import { sessionIn } from './session-ids.js';

const MIN_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 5_000;
const HEALTHY_MS = 10_000;

type Ready = { type: 'ready'; node: string; url: string; pid: number };

/**
 * Runs the gateways of one machine behind one address. Accepts connections and hands each to a gateway, those of one session
 * always to the same one. Restarts a gateway that dies; meanwhile its clients connect to another one.
 */
async function main(): Promise<void> {
  const config = loadProcessConfig(process.env);
  const logger = createLogger('front', config.logLevel);
  logStart(logger, config);
  const server = createServer();
  // Connection counts lag behind when a crowd reconnects at once: it would all go to one gateway.
  setupMaster(server, { loadBalancingMethod: 'round-robin' });
  server.on('connection', routeBySessionId);
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
    // Workers that are listed here get connections; one that is still starting would keep them waiting.
    delete cluster.workers![worker.id];
    workers.add(worker);
    passSocketsOn(worker);
    worker.on('error', (error) => logger.warn(`${node}: ${error.message}`));
    return new Promise((resolve, reject) => {
      worker.on('message', (message: Ready) => {
        if (message.type !== 'ready') return;
        cluster.workers![worker.id] = worker;
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

  const names = Array.from({ length: config.gateways }, (_, i) => `gateway-${i + 1}`);
  const nodes = await Promise.all(names.map((node) => start(node, MIN_BACKOFF_MS)));
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen({ port: config.port, host: config.host }, resolve),
  );
  const { port } = server.address() as { port: number };
  ready(
    { url: urlOf(config.host, port), nodes: nodes.map(({ node, url, pid }) => ({ node, url, pid })) },
    close,
    logger,
  );
}

/**
 * Routes a connection to the worker that its session id names. The library learns the worker of a session by a message, which
 * a fast client overtakes. So this tells it before it handles the data, and takes that back at once: ids that nobody issued
 * would fill its memory.
 */
function routeBySessionId(socket: Socket): void {
  const [route] = socket.listeners('data') as Array<(chunk: Buffer) => void>;
  socket.off('data', route!);
  socket.on('data', (chunk: Buffer) => {
    const session = sessionIn(chunk.toString('latin1'));
    const worker = session === null ? undefined : cluster.workers![session.workerId];
    if (worker === undefined) return route!(chunk);
    cluster.emit('message', worker, { type: 'sticky:connection', data: session!.sid });
    route!(chunk);
    cluster.emit('message', worker, { type: 'sticky:disconnection', data: session!.sid });
  });
}

type Handle = { readStop(): void; close(): void; fd: number };

const PRUNED_AT = 100;

/**
 * Passes sockets to a worker without losing data. Node sends them one after the other, and keeps reading each until the
 * worker has confirmed it; data that a fast client sends meanwhile would be lost, so reading stops first. Sockets that a
 * worker has not confirmed when it exits are closed: otherwise their clients would wait forever.
 */
function passSocketsOn(worker: Worker): void {
  const passed = new Set<Handle>();
  let prunedAt = PRUNED_AT;
  const send = worker.send.bind(worker) as (...args: unknown[]) => boolean;
  worker.send = (...args: unknown[]) => {
    const [, socket] = args;
    const handle = socket instanceof Socket ? (socket as Socket & { _handle: Handle | null })._handle : null;
    if (handle !== null) {
      handle.readStop();
      passed.add(handle);
    }
    if (passed.size > prunedAt) {
      // Confirmed sockets are closed in this process.
      for (const other of passed) if (other.fd < 0) passed.delete(other);
      prunedAt = Math.max(PRUNED_AT, 2 * passed.size);
    }
    return send(...args);
  };
  worker.once('exit', () => {
    for (const handle of passed) handle.close();
  });
}

await orExit(main());
