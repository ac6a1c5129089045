import cluster, { type Worker } from 'node:cluster';
import { createServer } from 'node:http';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setupMaster } from '@socket.io/sticky';
import { loadProcessConfig, urlOf } from '#config';
import { createLogger, orExit, ready } from '#ops/process';

const MIN_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 5_000;
const HEALTHY_MS = 10_000;

type Ready = { type: 'ready'; node: string; url: string; pid: number };

/**
 * One address for the gateways of one machine: accepts connections and hands each to a gateway, a session always to
 * the same one. A gateway that dies is started again; its clients connect to another meanwhile.
 */
async function main(): Promise<void> {
  const config = loadProcessConfig(process.env);
  const logger = createLogger('front', config.logLevel);
  const server = createServer();
  // Counting connections comes too late for a crowd that reconnects at once: it would all go to one gateway.
  setupMaster(server, { loadBalancingMethod: 'round-robin' });
  // Sockets are passed between processes; with the default serialization they are dropped in silence.
  cluster.setupPrimary({
    exec: fileURLToPath(new URL('./main.js', import.meta.url)),
    serialization: 'advanced',
  });
  let closing = false;
  const workers = new Set<Worker>();

  const start = (node: string, backoffMs: number): Promise<Ready> => {
    const startedAt = Date.now();
    const worker: Worker = cluster.fork({ HEXFLEET_NODE: node });
    // Connections go to the workers that are listed here; one that is still starting would keep them waiting.
    delete cluster.workers![worker.id];
    workers.add(worker);
    passOnWholly(worker);
    worker.on('error', (error) => logger.warn(`${node}: ${error.message}`));
    return new Promise((resolve, reject) => {
      worker.on('message', (message: Ready) => {
        if (message.type !== 'ready') return;
        cluster.workers![worker.id] = worker;
        resolve(message);
      });
      worker.once('exit', (code, signal) => {
        workers.delete(worker);
        reject(new Error(`${node} ended before it was ready`));
        if (closing) return;
        const next =
          Date.now() - startedAt > HEALTHY_MS ? MIN_BACKOFF_MS : Math.min(backoffMs * 2, MAX_BACKOFF_MS);
        logger.error(`${node} ended (${signal ?? `exit code ${code}`}); starting it again in ${next} ms`);
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

type Handle = { readStop(): void; close(): void; fd: number };

const PRUNED_AT = 100;

/**
 * Node sends connections to a worker one after the other, and goes on reading each while it waits and until the worker
 * has confirmed it, for nobody: what a fast client says in between would be lost. So reading ends before. And one that a
 * worker did not confirm before it died is closed: its client would wait for ever.
 */
function passOnWholly(worker: Worker): void {
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
      // What is confirmed is closed here.
      for (const one of passed) if (one.fd < 0) passed.delete(one);
      prunedAt = Math.max(PRUNED_AT, 2 * passed.size);
    }
    return send(...args);
  };
  worker.once('exit', () => {
    for (const handle of passed) handle.close();
  });
}

await orExit(main());
