import { atMost, type Context, type Scenario, type Verdict } from '../scenario.js';
import { type TestBed, withTestBed } from '../test-bed.js';
import { delaysOf, indexedOnce, neverMovesBack, nothingLost, quantile } from '../verdicts.js';

/** The first connections and batches find empty caches. */
const WARM_UP_MS = 5_000;

const far = (roundTripMs: number, boundMs: number): Scenario => ({
  name: `redis-${roundTripMs}-ms-away`,
  description: `every reply of Redis takes ${roundTripMs} ms`,
  run: (context) =>
    withTestBed(context, { redisDelayMs: roundTripMs / 2 }, (testBed) => run(testBed, context, boundMs)),
});

export const redisFar = far(400, 3_000);
export const redisNear = far(25, 300);

async function run(testBed: TestBed, context: Context, boundMs: number): Promise<Verdict[]> {
  const startedAt = Date.now();
  await testBed.until(context.seconds);
  const delays = delaysOf(testBed.fleet, startedAt + WARM_UP_MS, Date.now() - boundMs);
  context.log(
    `Delay from driver to rider: p50 ${quantile(delays, 0.5)} ms, p99 ${quantile(delays, 0.99)} ms.`,
  );
  await testBed.settle();
  return [
    atMost('delay p99 from driver to rider, ms', quantile(delays, 0.99), boundMs),
    ...(await nothingLost(testBed, context)),
    ...(await indexedOnce(testBed, context)),
    ...neverMovesBack(testBed, context),
  ];
}
