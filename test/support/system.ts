import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Role } from '#protocol';
import { Tokens } from '#realtime';
import { startRedis, type TestRedis } from './redis.js';

const HERE = fileURLToPath(new URL('../../', import.meta.url));
/** The built programs, whether this file runs from its source or is built itself, as for benchmarks. */
const DIST = HERE.endsWith('/dist/') ? HERE : `${HERE}dist/`;
const SECRET = 'a secret of the tests, at least 32 characters';

export type Service = { process: ChildProcess; output: () => string; ready: ReadyMessage };
type ReadyMessage = { url: string; node?: string; nodes?: Gateway[] };
type Gateway = { node: string; url: string; pid: number };

export type System = {
  /** the one address */
  url: string;
  /** addresses of the gateways themselves, for putting a client on a certain node */
  gateways: Gateway[];
  processors: Service[];
  front: Service;
  redis: TestRedis;
  token(role: Role, sub: string, lifetime?: string): Promise<string>;
  startProcessor(node: string): Promise<Service>;
  stop(): Promise<void>;
};

/** A whole installation of real processes on free ports: Redis, gateways behind one address, processors. */
export async function startSystem(
  options: {
    gateways?: number;
    processors?: number;
    env?: Record<string, string>;
    redisUrl?: string;
    appendfsync?: 'always' | 'everysec';
    /** for each process, as `--cpu-prof` */
    nodeArguments?: string[];
  } = {},
): Promise<System> {
  const redis = await startRedis(options.appendfsync);
  const env = {
    PORT: '0',
    HEXFLEET_REDIS_URL: options.redisUrl ?? redis.url,
    HEXFLEET_JWT_SECRET: SECRET,
    HEXFLEET_GATEWAYS: String(options.gateways ?? 2),
    HEXFLEET_DEMO: '1',
    HEXFLEET_TICK_MS: '100',
    HEXFLEET_LOG_LEVEL: 'warn',
    HEXFLEET_MAP_STYLE: 'offline',
    ...options.env,
  };
  const startProcessor = async (node: string) => {
    const service = await startService(
      'apps/processor/src/main.js',
      { ...env, HEXFLEET_NODE: node },
      options.nodeArguments,
    );
    processors.push(service);
    return service;
  };
  const processors: Service[] = [];
  const names = Array.from({ length: options.processors ?? 1 }, (_, i) => `processor-${i + 1}`);
  const [front] = await Promise.all([
    startService('apps/gateway/src/front.js', env, options.nodeArguments),
    ...names.map(startProcessor),
  ]);
  const tokens = new Tokens(SECRET);
  return {
    url: front.ready.url,
    gateways: front.ready.nodes!,
    processors,
    front,
    redis,
    token: (role, sub, lifetime) => tokens.sign(sub, role, lifetime),
    startProcessor,
    stop: async () => {
      await Promise.all([front, ...processors].map(stopService));
      await redis.stop();
    },
  };
}

/** Starts one of the built programs and waits until it says that it is ready. */
export function startService(
  path: string,
  env: Record<string, string>,
  nodeArguments: string[] = [],
): Promise<Service> {
  const child = spawn(process.execPath, [...nodeArguments, `${DIST}${path}`], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  child.stdout!.on('data', (chunk) => (output += chunk));
  child.stderr!.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('message', (message: { type: string } & ReadyMessage) => {
      if (message.type === 'ready') resolve({ process: child, output: () => output, ready: message });
    });
    child.once('exit', (code) => reject(new Error(`${path} ended with ${code}: ${output}`)));
  });
}

export async function stopService({ process: child }: Service): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
