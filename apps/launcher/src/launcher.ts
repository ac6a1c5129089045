import { resolve } from 'node:path';
import { type Config, decideDemo, loadConfig, maskUrls, unknownVariables, urlOf } from '#config';
import { bold, cyan, dim, Failure, green, print, printError, red, seconds, step } from '#scripts/console';
import { root } from '#scripts/root';
import { checkRedis } from '#store';
import { claimDataDir, loadOrCreateSecret } from './data-dir.js';
import { findRedis } from './find-redis.js';
import { freePort, mustBeFree } from './ports.js';
import { launchRedis, prepareRedis } from './redis.js';
import { launchApp, Supervisor } from './supervisor.js';

/** Stop order: senders first, storage last. */
const RANK = { simulator: 1, gateway: 2, processor: 3, redis: 4 } as const;

/** Name and metrics address of a process. */
type Node = { node: string; url: string; metricsUrl?: string };
type Access = { url: string; redisUrl: string; secrets: Record<string, string>; isDemo: boolean };

/** Everything that `npm start` runs on this machine: Redis unless one is configured, gateways, processors and the simulator. */
export class Launcher {
  #supervisor: Supervisor | null = null;
  #isReady = false;
  #isStopping = false;

  /** Starts everything, and prints where it is. @throws {Failure} with one line for the user, after everything is stopped */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      if (this.#isStopping) return; // caused by the stop
      await this.#stopAll();
      throw error;
    }
  }

  /** @returns the exit code of the launcher, or undefined when startup was not complete */
  async stop(): Promise<number | undefined> {
    print(this.#isReady ? '\nStopping ...' : '\nStopping before startup was complete ...');
    await this.#stopAll();
    return this.#isReady ? 0 : undefined;
  }

  async #start(): Promise<void> {
    const read = await checked(() => loadConfig(process.env));
    for (const line of unknownVariables(process.env)) print(dim(`Warning: ${line}`));
    if (read.port !== 0) await mustBeFree(read.port, read.host);
    const config = { ...read, dataDir: resolve(root, read.dataDir) };
    const { dataDir, host, port } = config;
    // A chosen port stays the same when the gateways restart.
    const url = urlOf(host, port || (await freePort()));
    if (config.redisUrl !== undefined) await checked(() => checkRedis(config.redisUrl!, config));
    await claimDataDir(dataDir);
    this.#supervisor = new Supervisor(resolve(dataDir, 'logs'), (reason) => void this.#giveUp(reason));
    const redisUrl = config.redisUrl ?? (await this.#startRedis(dataDir));
    const demo = decideDemo(config);
    const secrets = secretsOf(config, demo.isOn, () => loadOrCreateSecret(dataDir));
    const nodes = await this.#startApps(config, { redisUrl, secrets, url, isDemo: demo.isOn });
    if (this.#isStopping) return;
    this.#isReady = true;
    // Since the start of the process, so with the installation and the build.
    print(`\n${bold('Hexfleet is ready')} ${dim(`after ${seconds(performance.now())}`)}\n`);
    showTable({ url, nodes, dataDir, redisUrl: maskUrls(redisUrl), demo });
  }

  async #startRedis(dataDir: string): Promise<string> {
    const path = await findRedis();
    const own = await prepareRedis(resolve(dataDir, 'redis'));
    const launch = () => launchRedis(path, own);
    const start = () => this.#supervisor!.start({ name: 'redis', rank: RANK.redis, launch });
    return (await step('Starting Redis', start)).url;
  }

  async #startApps(config: Config, { url, redisUrl, secrets, isDemo }: Access): Promise<Node[]> {
    const env = {
      NODE_ENV: 'production',
      // One port cannot be that of several processes.
      HEXFLEET_METRICS_PORT: '0',
      HEXFLEET_DEMO: isDemo ? '1' : '0',
      // The simulated fleet drives there.
      HEXFLEET_DEMO_CITY: process.env.HEXFLEET_DEMO_CITY || (isDemo && config.vehicles > 0 ? '1' : '0'),
      HEXFLEET_DATA_DIR: config.dataDir,
      HEXFLEET_REDIS_URL: redisUrl,
      ...secrets,
      HEXFLEET_HOST: config.host,
      PORT: new URL(url).port || '80',
    };
    const start = async (name: string, app: keyof typeof RANK, file: string, more: NodeJS.ProcessEnv) => {
      const launch = () => launchApp(`apps/${app}/src/${file}.js`, { ...env, ...more });
      const message = await this.#supervisor!.start({ name, rank: RANK[app], launch });
      return message.nodes ?? [{ node: name, ...message }];
    };
    const withoutSecrets = {
      HEXFLEET_JWT_SECRET: undefined,
      HEXFLEET_JWT_OTHER_SECRETS: undefined,
      HEXFLEET_INSTALLATION_SECRET: undefined,
      HEXFLEET_PSEUDONYM_KEY: undefined,
    };
    const processors = Array.from({ length: config.processors }, (_, i) => `processor-${i + 1}`);
    const nodes = await step('Starting gateways and processors', () =>
      Promise.all([
        start('gateway', 'gateway', 'front', { HEXFLEET_GATEWAYS: String(config.gateways) }),
        ...processors.map((name) =>
          start(name, 'processor', 'main', { HEXFLEET_NODE: name, ...withoutSecrets }),
        ),
      ]),
    );
    if (isDemo && config.vehicles > 0) {
      // It gets demo tokens like any other app, so it needs no access to the store.
      const more = {
        HEXFLEET_URL: url,
        HEXFLEET_VEHICLES: String(config.vehicles),
        HEXFLEET_REDIS_URL: undefined,
        ...withoutSecrets,
      };
      const title = `Starting the simulator with ${config.vehicles} vehicles`;
      nodes.push(await step(title, () => start('simulator', 'simulator', 'main', more)));
    }
    return nodes.flat().filter((node) => node.url);
  }

  async #stopAll(): Promise<void> {
    this.#isStopping = true;
    await this.#supervisor?.stopAll();
  }

  async #giveUp(reason: string): Promise<void> {
    if (this.#isStopping) return;
    printError(red(reason));
    await this.#stopAll();
    process.exit(1);
  }
}

/** Returns the secrets of all processes. A generated one signs no tokens where public keys verify them. */
function secretsOf(
  { jwtSecret, jwksUrl, jwtKeysFile, installationSecret }: Config,
  isDemo: boolean,
  generated: () => string,
): Record<string, string> {
  const hasPublicKeys = jwksUrl !== undefined || jwtKeysFile !== undefined;
  if (jwtSecret === undefined && hasPublicKeys && !isDemo)
    return { HEXFLEET_INSTALLATION_SECRET: installationSecret ?? generated() };
  return { HEXFLEET_JWT_SECRET: jwtSecret ?? generated() };
}

/** Calls a function of the server, whose errors are for the user. */
async function checked<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Failure((error as Error).message);
  }
}

type Table = {
  url: string;
  nodes: Node[];
  dataDir: string;
  redisUrl: string;
  demo: ReturnType<typeof decideDemo>;
};

function showTable({ url, nodes, dataDir, redisUrl, demo }: Table): void {
  const row = (title: string, value: string) => print(`  ${title.padEnd(10)}${value}`);
  const width = Math.max(...nodes.map(({ node }) => node.length)) + 2;
  row('Map', cyan(`${url}/`));
  row('API', cyan(`${url}/api`));
  const measured = nodes.filter(({ metricsUrl }) => metricsUrl !== undefined);
  for (const [i, { node, metricsUrl }] of measured.entries())
    row(i ? '' : 'Metrics', `${node.padEnd(width)}${cyan(`${metricsUrl!.replace(/\/$/, '')}/metrics`)}`);
  row('Data', dataDir);
  row('Redis', redisUrl);
  row('Demo', demo.why);
  if (!demo.isOn) row('', 'no simulated vehicles, and the pages need a sign-in: docs/sign-in.md');
  row('Stop', green('Ctrl-C'));
  print('');
}
