import { setTimeout as sleep } from 'node:timers/promises';
import { pick } from '#city';
import { progressOf } from '../../../libs/store/src/fix-stream.js';
import { eventually } from '../../fixtures/eventually.js';
import { metricOf } from '../../fixtures/prometheus.js';
import { type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { PARTITIONS, type TestBed, withTestBed } from '../test-bed.js';
import { deliveryRecovers, indexedOnce, neverMovesBack, nothingLost } from '../verdicts.js';

/** As an event loop that is blocked by a long computation. */
const BLOCKED_MS = 3_000;
/** Less than the time after which both ends of a connection give it up. */
const STOPPED_MS = 8_000;
const SILENT_MS = 12_000;
/** Longer, so that a processor would sweep everybody if it took its own sleep for their silence. */
const SLEPT_MS = 13_000;
const PAUSE_MS = 2_000;
const AFTERWARDS_S = 10;

export const frozen: Scenario = {
  name: 'frozen',
  description:
    'a gateway stands still for 3 s and again for 8 s, the processor for longer than drivers may be silent, and one of two processors',
  run: (context) =>
    withTestBed(context, { env: { HEXFLEET_SILENT_MS: String(SILENT_MS) } }, (testBed) =>
      run(testBed, context),
    ),
};

async function run(testBed: TestBed, context: Context): Promise<Verdict[]> {
  const { system } = testBed;
  const { random, seconds, log } = context;
  await testBed.until(0.2 * seconds);
  const faultAt = Date.now();
  const [processor] = system.processors;
  const gateway = pick(random, system.gateways);
  await standStill(gateway.pid, BLOCKED_MS);
  await sleep(PAUSE_MS);
  await standStill(gateway.pid, STOPPED_MS);
  await sleep(PAUSE_MS);
  await standStill(processor!.process.pid!, SLEPT_MS);
  log(
    `${gateway.node} stood still for ${BLOCKED_MS} and ${STOPPED_MS} ms, ${processor!.ready.node} for ${SLEPT_MS} ms.`,
  );
  const stillHeld = await takeover(testBed, log);
  const since = Date.now();
  await testBed.until(Math.max(seconds, 0.2 * seconds + (since - faultAt) / 1_000 + AFTERWARDS_S));
  await testBed.settle();
  const at = { gateways: [processor!.ready] };
  return [
    none('drivers swept', await metricOf(at, 'hexfleet_drivers_swept_total')),
    none('partitions that nobody took from the processor that stood still', stillHeld),
    ...deliveryRecovers(testBed, { faultAt, since, what: 'the last stop' }, context),
    ...(await nothingLost(testBed, context)),
    ...(await indexedOnce(testBed, context)),
    ...neverMovesBack(testBed, context),
  ];
}

/** Stops a second processor while it holds partitions. @returns how many of them it still held when it woke */
async function takeover({ system }: TestBed, log: Context['log']): Promise<number> {
  const name = 'processor-2';
  const second = await system.startProcessor(name);
  const held = async () => {
    const partitions = await Promise.all(
      Array.from({ length: PARTITIONS }, (_, i) => progressOf(system.redis.client, i)),
    );
    return partitions.filter(({ reader }) => reader === name).length;
  };
  await eventually(async () => (await held()) > 0);
  const count = await held();
  process.kill(second.process.pid!, 'SIGSTOP');
  await sleep(STOPPED_MS);
  const stillHeld = await held();
  process.kill(second.process.pid!, 'SIGCONT');
  log(`${name} stood still for ${STOPPED_MS} ms while it held ${count} partitions.`);
  return stillHeld;
}

async function standStill(pid: number, ms: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await sleep(ms);
  process.kill(pid, 'SIGCONT');
}
