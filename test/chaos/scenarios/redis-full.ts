import { between } from '#city';
import { readinessOf } from '../../fixtures/prometheus.js';
import { atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { noteServiceStates } from '../service-states.js';
import { type TestBed, withTestBed } from '../test-bed.js';
import { deliveryRecovers, indexedOnce, neverMovesBack, nothingLost } from '../verdicts.js';

/** The service says within this time that positions do not arrive, and that they do again. */
const NOTICE_MS = 5_000;

export const redisFull: Scenario = {
  name: 'redis-full',
  description: 'Redis is full for a third of the time, so that it refuses every write',
  run: (context) => withTestBed(context, {}, (testBed) => run(testBed, context)),
};

async function run(testBed: TestBed, context: Context): Promise<Verdict[]> {
  const { system, fleet } = testBed;
  const { random, seconds, log } = context;
  const { client } = system.redis;
  const delayOf = noteServiceStates(fleet);
  const processes = [...system.gateways, ...system.processors.map(({ ready }) => ready)];
  const readyOnes = async () => {
    const all = await Promise.all(processes.map(readinessOf));
    return all.filter(({ status }) => status === 200).length;
  };
  const acks = () => fleet.drivers.reduce((sum, { acked }) => sum + acked.length, 0);

  await testBed.until(between(random, 0.2, 0.3) * seconds);
  await client.config('SET', 'maxmemory-policy', 'noeviction');
  await client.config('SET', 'maxmemory', '1mb');
  const fullAt = Date.now();
  await testBed.until(0.5 * seconds);
  const before = acks();
  await testBed.until(0.6 * seconds);
  const [ready, acked] = [await readyOnes(), acks() - before];
  await client.config('SET', 'maxmemory', '0');
  const freeAt = Date.now();
  log(`Redis was full for ${freeAt - fullAt} ms.`);
  await testBed.until(seconds);
  await testBed.settle(freeAt);

  return [
    none('fixes that were acked while nothing could be stored', acked),
    none('processes that were ready meanwhile', ready),
    atMost('ms until the last rider and dispatcher knew', delayOf('degraded', fullAt), NOTICE_MS),
    atMost('ms until the last of them knew that it is over', delayOf('ok', freeAt), NOTICE_MS),
    none('processes that are not ready afterwards', processes.length - (await readyOnes())),
    ...deliveryRecovers(testBed, { faultAt: fullAt, since: freeAt, what: 'there was room again' }, context),
    // Tracks are what a processor gives up first, down to those of the current hour.
    ...(await nothingLost(testBed, context, freeAt)),
    ...(await indexedOnce(testBed, context)),
    ...neverMovesBack(testBed, context),
  ];
}
