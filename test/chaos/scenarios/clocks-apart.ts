import { pick } from '#city';
import { wrongClock } from '../../fixtures/faketime.js';
import { metricOf, readinessOf } from '../../fixtures/prometheus.js';
import { atLeast, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { type TestBed, withTestBed } from '../test-bed.js';
import { indexedOnce, neverMovesBack, nothingLost } from '../verdicts.js';

const OFF_S = 30;

export const clocksApart: Scenario = {
  name: 'clocks-apart',
  description: `the clocks of a processor and a gateway are ${OFF_S} s wrong, in opposite directions`,
  run: (context) => withTestBed(context, {}, (testBed) => run(testBed, context)),
};

async function run(testBed: TestBed, context: Context): Promise<Verdict[]> {
  const { system, fleet } = testBed;
  const { random, seconds, log } = context;
  const ahead = pick(random, [OFF_S, -OFF_S]);
  await testBed.until(0.2 * seconds);
  const processor = await system.startProcessor('processor-2', wrongClock(ahead));
  const gateway = await system.startGateway('gateway-9', wrongClock(-ahead));
  log(`Started processor-2 at ${ahead} s and gateway-9 at ${-ahead} s.`);
  const wrong = [processor, gateway].map(({ ready }) => ready);
  const reported = await Promise.all(wrong.map(async (each) => JSON.stringify(await readinessOf(each))));
  const offsets = await Promise.all(
    wrong.map((each) => metricOf({ gateways: [each] }, 'hexfleet_clock_offset_seconds')),
  );
  log(`They report to be ${offsets.map((s) => Math.round(s)).join(' s and ')} s ahead of Redis.`);
  await testBed.until(0.5 * seconds);
  // The remaining processor, which has to read everything, is the one whose clock is wrong.
  system.processors[0]!.process.kill('SIGTERM');
  await testBed.until(seconds);
  await testBed.settle();
  const swept = await metricOf({ gateways: wrong }, 'hexfleet_drivers_swept_total');
  return [
    atLeast(
      'processes that report a wrong clock',
      reported.filter((text) => text.includes('ahead of Redis')).length,
      2,
    ),
    atLeast('seconds off, as reported by the metric', Math.min(...offsets.map(Math.abs)), OFF_S - 1),
    none('drivers swept', swept),
    none(
      'times a rider was notified that its driver is offline',
      fleet.riders.reduce((sum, { partnerOffline }) => sum + partnerOffline, 0),
    ),
    ...(await nothingLost(testBed, context)),
    ...(await indexedOnce(testBed, context)),
    ...neverMovesBack(testBed, context),
  ];
}
