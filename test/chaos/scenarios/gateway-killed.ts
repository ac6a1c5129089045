import { between, pick } from '#city';
import { Api } from '#sdk';
import { atLeast, atMost, type Context, type Scenario, type Verdict } from '../scenario.js';
import { type TestBed, withTestBed } from '../test-bed.js';
import { deliveryRecovers, indexedOnce, neverMovesBack, nothingLost, RECOVERY_MS } from '../verdicts.js';

export const gatewayKilled: Scenario = {
  name: 'gateway-killed',
  description: 'one of two gateways is killed while fixes flow',
  run: (context) => withTestBed(context, {}, (testBed) => run(testBed, context)),
};

async function run(testBed: TestBed, context: Context): Promise<Verdict[]> {
  const { system, fleet } = testBed;
  const { random, seconds, log } = context;
  await testBed.until(between(random, 0.3, 0.5) * seconds);
  const victim = pick(random, system.gateways);
  const drivers = fleet.drivers.filter(({ node }) => node === victim.node);
  const riders = fleet.riders.filter(({ node }) => node === victim.node);
  process.kill(victim.pid, 'SIGKILL');
  const killedAt = Date.now();
  log(`Killed ${victim.node}, which had ${drivers.length} drivers and ${riders.length} riders.`);
  await testBed.until(seconds);
  await testBed.settle();

  const ackedAgain = drivers.map(
    ({ acked }) => (acked.find(({ t }) => t >= killedAt)?.at ?? Number.POSITIVE_INFINITY) - killedAt,
  );
  const moved = [...drivers, ...riders].filter(({ node }) => node !== victim.node).length;
  log(`${moved} of its ${drivers.length + riders.length} clients are on the other gateway now.`);
  const service = new Api({ url: system.url, token: await system.token('service', 'chaos') });
  const alive = (await service.nodes()).filter(({ role }) => role === 'gateway').length;
  return [
    atLeast('drivers on the killed gateway', drivers.length, 1),
    atLeast('riders on the killed gateway', riders.length, 1),
    atLeast('gateways alive at the end', alive, 2),
    atMost('ms until its last driver has a new fix acked', Math.max(...ackedAgain), RECOVERY_MS),
    ...deliveryRecovers(testBed, { faultAt: killedAt, since: killedAt, what: 'the kill' }, context),
    ...(await nothingLost(testBed, context)),
    ...(await indexedOnce(testBed, context)),
    ...neverMovesBack(testBed, context),
  ];
}
