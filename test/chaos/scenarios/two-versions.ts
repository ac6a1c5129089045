import { setTimeout as sleep } from 'node:timers/promises';
import { between } from '#city';
import { keys } from '../../../libs/store/src/keys.js';
import { ask, connectStock, drive, pushes } from '../../fixtures/clients.js';
import { eventually } from '../../fixtures/eventually.js';
import { startRedis } from '../../fixtures/redis.js';
import { rest } from '../../fixtures/rest.js';
import { type System, startService } from '../../fixtures/system.js';
import { DUMPED_SETTINGS, DUMPED_VERSIONS, type Dump, restoreDump } from '../../upgrade/restore.js';
import { type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { withSystem } from '../with-system.js';

const OLD = '0.1';
/** Longer than a process needs to look for others. */
const REFUSED_MS = 15_000;
const ARRIVED_MS = 15_000;

export const twoVersions: Scenario = {
  name: 'two-versions',
  description: `a process starts beside those of ${OLD}; then each earlier version is upgraded, and the first processor is killed`,
  run: async (context) => {
    const verdicts = [none(`processes that started beside those of ${OLD}`, await startedBeside())];
    for (const version of DUMPED_VERSIONS) verdicts.push(...(await upgrade(version, context)));
    return verdicts;
  },
};

/** Starts a processor in an installation whose gateway is of the oldest version, which stores no settings. */
async function startedBeside(): Promise<number> {
  const redis = await startRedis();
  const report = () => {
    const state = { node: 'gateway-7', role: 'gateway', at: Date.now(), startedAt: 0 };
    return redis.client.hset(keys.nodes, state.node, JSON.stringify(state));
  };
  await report();
  const timer = setInterval(report, 500);
  const env = { HEXFLEET_REDIS_URL: redis.url, HEXFLEET_JWT_SECRET: 'a secret of at least 32 characters' };
  const starting = startService('apps/processor/src/main.js', env);
  try {
    const service = await Promise.race([starting.catch(() => null), sleep(REFUSED_MS, null)]);
    service?.process.kill('SIGKILL');
    return service === null ? 0 : 1;
  } finally {
    clearInterval(timer);
    await redis.stop();
  }
}

async function upgrade(version: string, { random, log }: Context): Promise<Verdict[]> {
  const redis = await startRedis();
  try {
    const { expected } = await restoreDump(version, redis.client);
    const options = { gateways: 1, redisUrl: redis.url, env: DUMPED_SETTINGS };
    return await withSystem(options, async (system) => {
      const killedMs = Math.round(between(random, 0, 300));
      await sleep(killedMs);
      system.processors[0]!.process.kill('SIGKILL');
      await system.startProcessor('processor-2');
      log(`Version ${version}: the first processor was killed ${killedMs} ms after its start.`);
      const missing = await missingOf(expected, system);
      for (const name of missing) log(`Missing: ${name}`);
      return [
        none(`kinds of data of version ${version} that are missing or changed`, missing.length),
        none('fixes that do not arrive afterwards', await notArriving(expected, system)),
      ];
    });
  } finally {
    await redis.stop();
  }
}

/** Returns what of the data of an earlier version is not what it was. */
async function missingOf(
  { trip, ended, positions, track, link, waiting }: Dump['expected'],
  { url, token }: System,
): Promise<string[]> {
  const service = await token('service', 's');
  const get = async (path: string) => (await rest(`${url}/api${path}`, 'GET', service)).body;
  const times = async (driverId: string, from: number, to: number) =>
    (await get(`/drivers/${driverId}/track?from=${from}&to=${to}`)).properties?.times ?? [];
  const [first] = waiting;
  const { t } = first!;
  const same = (found: unknown, wanted: unknown) => JSON.stringify(found) === JSON.stringify(wanted);
  const checks: Record<string, () => Promise<boolean>> = {
    'the open trip': async () => (await get(`/trips/${trip.id}`)).version === trip.version,
    'the trip that had ended': async () => (await get(`/trips/${ended.id}`)).state === ended.state,
    'the last position': async () => (await get('/drivers/driver-1/position')).t === positions[0]!.t,
    'the track': async () => same(await times('driver-1', track[0]!, track.at(-1)!), track),
    'the fix that waited, once': async () => same(await times('driver-3', t, t), [t]),
    'the share link': async () => (await rest(`${url}/api/share/${link.token}`, 'GET', null)).status === 200,
  };
  const missing: string[] = [];
  for (const [name, isThere] of Object.entries(checks))
    await eventually(isThere, ARRIVED_MS).catch(() => missing.push(name));
  return missing;
}

/**
 * Sends fixes of the trip. Each must get to the track, and the newest to the rider: older ones are not pushed when they are
 * seconds old, as they are until a processor has taken over.
 */
async function notArriving({ trip }: Dump['expected'], { url, token }: System): Promise<number> {
  const driverId = trip.driverId!;
  const rider = await connectStock(url, '/rider', await token('rider', trip.riderId));
  const driver = await connectStock(url, '/driver', await token('driver', driverId));
  const service = await token('service', 's');
  await ask(rider, 'trip:watch', { tripId: trip.id });
  const fixes = drive(3, { lat: 40.75, lng: -73.9895 });
  const sent = fixes.map(({ t }) => t);
  await ask(driver, 'fixes', fixes);
  const path = `/api/drivers/${driverId}/track?from=${sent[0]}&to=${sent.at(-1)}`;
  let left = sent;
  const haveArrived = async () => {
    const { body } = await rest(`${url}${path}`, 'GET', service);
    const stored = new Set<number>(body.properties?.times);
    const newest = pushes(rider, 'position').at(-1)?.t;
    left = sent.filter((t) => !stored.has(t) || (t === sent.at(-1) && newest !== t));
    return left.length === 0;
  };
  await eventually(haveArrived, ARRIVED_MS).catch(() => {});
  for (const { socket } of [rider, driver]) socket.disconnect();
  return left.length;
}
