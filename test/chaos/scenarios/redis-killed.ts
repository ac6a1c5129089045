import { setTimeout as sleep } from 'node:timers/promises';
import { between } from '#city';
import { AppendOnlyFile } from '../append-only-file.js';
import type { Observation } from '../apps.js';
import { missingFromCopy } from '../power-cut-audit.js';
import { Probe } from '../probe.js';
import { inTown } from '../route.js';
import { atLeast, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { type TestBed, withTestBed } from '../test-bed.js';
import { deliveryRecovers, indexedOnce, neverMovesBack, nothingLost } from '../verdicts.js';

type Kill = { appendfsync: 'always' | 'everysec'; powerCut: boolean };

export const redisKilledAlways: Scenario = {
  name: 'redis-killed-always',
  description: 'Redis, with appendfsync always, is killed and comes back seconds later',
  run: (context) => killRedis(context, { appendfsync: 'always', powerCut: false }),
};

export const redisKilledEverysec: Scenario = {
  name: 'redis-killed-everysec',
  description: 'Redis, with appendfsync everysec, is killed and comes back seconds later',
  run: (context) => killRedis(context, { appendfsync: 'everysec', powerCut: false }),
};

export const redisPowerCut: Scenario = {
  name: 'redis-power-cut',
  description: 'as redis-killed-everysec, and what Redis wrote in its last second is gone',
  run: (context) => killRedis(context, { appendfsync: 'everysec', powerCut: true }),
};

/** With `everysec`, everything that Redis accepted before this is on the disk. */
const UNSYNCED_MS = 1_000;
const RECONNECTING = 10;

const killRedis = (context: Context, kill: Kill): Promise<Verdict[]> =>
  withTestBed(context, { appendfsync: kill.appendfsync }, async (testBed) => {
    const { gateways, redis, token } = testBed.system;
    const file = await AppendOnlyFile.follow(redis.dir);
    const probes = await Promise.all(
      gateways.map(async ({ url }, i) => {
        const route = inTown(context.random);
        return Probe.start(url, `probe-${i}`, await token('driver', `probe-${i}`), route);
      }),
    );
    try {
      return await run(testBed, context, kill, file, probes);
    } finally {
      file.stop();
      await Promise.all(probes.map((probe) => probe.stop()));
    }
  });

async function run(
  testBed: TestBed,
  context: Context,
  kill: Kill,
  file: AppendOnlyFile,
  probes: Probe[],
): Promise<Verdict[]> {
  const { fleet } = testBed;
  const { redis } = testBed.system;
  const { random, seconds, log } = context;
  const drivers = [...fleet.drivers, ...probes];
  await testBed.until(between(random, 0.3, 0.4) * seconds);
  const awayMs = between(random, 2_500, 4_000);
  const faultAt = Date.now();
  await redis.kill();
  const goneAt = Date.now();
  file.stop();
  if (kill.powerCut) log(`Its last ${await file.cut(faultAt - UNSYNCED_MS)} bytes never reached the disk.`);
  else log('It was killed; what it had written stays with the kernel.');
  // Phones lose their connection at any time.
  for (const { client } of fleet.riders.slice(0, RECONNECTING)) {
    client.close();
    void client.connect();
  }
  const acked = drivers.reduce((sum, driver) => sum + driver.acked.length, 0);
  const lost = await missingFromCopy(redis, drivers);
  log(`Of ${acked} fixes acked until then, ${lost.length} are missing from its data.`);
  await sleep(faultAt + awayMs - Date.now());
  const startedAt = Date.now();
  await redis.restart();
  log(`It was started again after ${startedAt - goneAt} ms; ${RECONNECTING} riders reconnected meanwhile.`);

  await testBed.until(seconds);
  await Promise.all(probes.map((probe) => probe.stop()));
  await testBed.settle(startedAt);
  const duringOutage = ({ t, at }: Observation) => t > goneAt && at < startedAt;
  return [
    ...refused(probes, duringOutage),
    none(
      'fixes made and acked while Redis was away',
      drivers.flatMap((driver) => driver.acked.filter(duringOutage)).length,
    ),
    ...lostByRedis(lost, faultAt, kill),
    ...deliveryRecovers(testBed, { faultAt, since: startedAt, what: 'Redis was started again' }, context),
    ...(await nothingLost(testBed, context, startedAt)),
    ...(await indexedOnce(testBed, context)),
    // A Redis that lost a second of writes is a second behind.
    ...(kill.powerCut ? [] : neverMovesBack(testBed, context)),
  ];
}

function refused(probes: Probe[], duringOutage: (observation: Observation) => boolean): Verdict[] {
  const all = probes.flatMap(({ answers }) => answers);
  const meanwhile = all.filter(duringOutage);
  const asDocumented = meanwhile.filter(
    ({ answer }) => answer?.ok === false && answer.code === 'UNAVAILABLE' && answer.retry,
  );
  return [
    atLeast('fixes refused with UNAVAILABLE and retry while Redis was away', asDocumented.length, 1),
    none('other answers while Redis was away', meanwhile.length - asDocumented.length),
    none('fixes that got no answer', all.filter(({ answer }) => answer === null).length),
  ];
}

/**
 * Data written by a killed process stays in the kernel, so little or nothing is lost without a power cut. Redis writes
 * before it replies, except while a slow disk delays the last fsync.
 */
function lostByRedis(lost: Observation[], faultAt: number, { appendfsync, powerCut }: Kill): Verdict[] {
  if (appendfsync === 'always') return [none('acked fixes lost by Redis', lost.length)];
  const old = lost.filter(({ at }) => at < faultAt - UNSYNCED_MS).length;
  const verdicts = [none(`fixes lost by Redis that were acked over ${UNSYNCED_MS} ms before the kill`, old)];
  return powerCut ? [atLeast('fixes lost by Redis', lost.length, 1), ...verdicts] : verdicts;
}
