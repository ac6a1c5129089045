// npm start: everything from a fresh checkout to a running fleet, until Ctrl-C.
import './lib/node-version.mjs';
import { resolve } from 'node:path';
import { buildIfNeeded } from './build.mjs';
import { bold, cyan, dim, Failure, green, print, printError, red, seconds, step } from './lib/console.mjs';
import { claimDataDir, loadOrCreateSecret } from './lib/data-dir.mjs';
import { findRedis } from './lib/find-redis.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { freePort, mustBeFree } from './lib/ports.mjs';
import { runScript } from './lib/processes.mjs';
import { launchRedis, prepareRedis } from './lib/redis.mjs';
import { root } from './lib/root.mjs';
import { createSupervisor, launchApp } from './lib/supervisor.mjs';

const startedAt = Date.now();
// Stop order: senders first, storage last.
const RANK = { simulator: 1, gateway: 2, processor: 3, redis: 4 };

let supervisor;
let isReady = false;
let isStopping = false;

async function stopAll() {
  isStopping = true;
  await supervisor?.stopAll();
}

async function giveUp(reason) {
  if (isStopping) return;
  printError(red(reason));
  await stopAll();
  process.exit(1);
}

async function ownRedis(dataDir) {
  const path = await findRedis();
  const place = await prepareRedis(resolve(dataDir, 'redis'));
  const launch = () => launchRedis({ path, ...place });
  const start = () => supervisor.start({ name: 'redis', rank: RANK.redis, launch });
  return (await step('Starting Redis', start)).url;
}

/** @returns the name and the metrics address of each process */
async function startApps(config, { redisUrl, jwtSecret, url, isDemo }) {
  const env = {
    NODE_ENV: 'production',
    HEXFLEET_DEMO: isDemo ? '1' : '0',
    HEXFLEET_DATA_DIR: config.dataDir,
    HEXFLEET_REDIS_URL: redisUrl,
    HEXFLEET_JWT_SECRET: jwtSecret,
    HEXFLEET_HOST: config.host,
    PORT: new URL(url).port || '80',
  };
  const start = async (name, app, file, more) => {
    const launch = () => launchApp(`apps/${app}/src/${file}.js`, { ...env, ...more });
    const message = await supervisor.start({ name, rank: RANK[app], launch });
    return message.nodes ?? [{ node: name, url: message.url }];
  };
  const processors = Array.from({ length: config.processors }, (_, i) => `processor-${i + 1}`);
  const nodes = await step('Starting gateways and processors', () =>
    Promise.all([
      start('gateway', 'gateway', 'front', { HEXFLEET_GATEWAYS: String(config.gateways) }),
      ...processors.map((name) => start(name, 'processor', 'main', { HEXFLEET_NODE: name })),
    ]),
  );
  if (isDemo && config.vehicles > 0) {
    // It gets demo tokens like any other app, so it needs no access to the store.
    const more = {
      HEXFLEET_URL: url,
      HEXFLEET_VEHICLES: String(config.vehicles),
      HEXFLEET_REDIS_URL: undefined,
      HEXFLEET_JWT_SECRET: undefined,
    };
    const title = `Starting the simulator with ${config.vehicles} vehicles`;
    nodes.push(await step(title, () => start('simulator', 'simulator', 'main', more)));
  }
  return nodes.flat().filter((node) => node.url);
}

function showTable({ url, nodes, dataDir, redisUrl, demo }) {
  const row = (title, value) => print(`  ${title.padEnd(10)}${value}`);
  const width = Math.max(...nodes.map(({ node }) => node.length)) + 2;
  print(`\n${bold('Hexfleet is ready')} ${dim(`after ${seconds(Date.now() - startedAt)}`)}\n`);
  row('Map', cyan(`${url}/`));
  row('API', cyan(`${url}/api`));
  for (const [i, { node, url: at }] of nodes.entries())
    row(i ? '' : 'Metrics', `${node.padEnd(width)}${cyan(`${at.replace(/\/$/, '')}/metrics`)}`);
  row('Data', dataDir);
  row('Redis', redisUrl);
  row('Demo', demo.why);
  if (!demo.isOn) row('', 'no simulated vehicles, and the pages need a sign-in: docs/sign-in.md');
  row('Stop', green('Ctrl-C'));
  print('');
}

/** Awaits a function of the built server, whose errors are for the user. */
async function checked(work) {
  try {
    return await work();
  } catch ({ message }) {
    throw new Failure(message);
  }
}

async function start() {
  // Checked before anything slow. Whether PORT is a number at all is checked by the configuration.
  const wanted = process.env.PORT || '3000';
  if (/^\d{1,5}$/.test(wanted) && Number(wanted) > 0 && Number(wanted) < 65_536)
    await mustBeFree(Number(wanted), process.env.HEXFLEET_HOST || '127.0.0.1');
  await installIfNeeded();
  await buildIfNeeded();
  const [{ decideDemo, loadConfig, maskUrls, urlOf }, { checkRedis }] = await Promise.all([
    import('#config'),
    import('#store'),
  ]);
  const read = await checked(() => loadConfig(process.env));
  const config = { ...read, dataDir: resolve(root, read.dataDir) };
  // A chosen port stays the same when the gateways restart.
  const url = urlOf(config.host, config.port || (await freePort()));
  if (config.redisUrl) await checked(() => checkRedis(config.redisUrl));
  await claimDataDir(config.dataDir);
  supervisor = createSupervisor({ logDir: resolve(config.dataDir, 'logs'), giveUp });
  const redisUrl = config.redisUrl ?? (await ownRedis(config.dataDir));
  const jwtSecret = config.jwtSecret ?? loadOrCreateSecret(config.dataDir);
  const demo = decideDemo(config);
  const nodes = await startApps(config, { redisUrl, jwtSecret, url, isDemo: demo.isOn });
  if (isStopping) return;
  isReady = true;
  showTable({ url, nodes, dataDir: config.dataDir, redisUrl: maskUrls(redisUrl), demo });
}

await runScript(
  async () => {
    try {
      await start();
    } catch (error) {
      if (isStopping) return; // caused by the stop
      await stopAll();
      throw error;
    }
  },
  async () => {
    print(isReady ? '\nStopping ...' : '\nStopping before startup was complete ...');
    await stopAll();
    if (isReady) return 0;
  },
);
