import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionState } from '#sdk';
import { eventually } from '../../fixtures/eventually.js';
import { runningGateways } from '../../fixtures/gateways.js';
import type { Rider } from '../apps.js';
import { quantileOf } from '../quantile.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { type TestBed, withTestBed } from '../test-bed.js';
import { indexedOnce, neverMovesBack, nothingLost } from '../verdicts.js';

const DRAIN_MS = 1_000;
const EXIT_MS = 30_000;
const EVEN_MS = 90_000;
/** Part of the clients that each of two gateways has at least, once they are even again. */
const EVEN = 0.35;

export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  description: 'every gateway and processor is stopped with SIGTERM, one after the other, and started again',
  run: (context) =>
    withTestBed(context, { processors: 2, env: { HEXFLEET_DRAIN_MS: String(DRAIN_MS) } }, (testBed) =>
      run(testBed, context),
    ),
};

async function run(testBed: TestBed, context: Context): Promise<Verdict[]> {
  const { system, fleet } = testBed;
  const { seconds, log } = context;
  const outagesSoFar = () =>
    [...fleet.drivers, ...fleet.riders].reduce((sum, { outages }) => sum + outages, 0);
  const reasons = new Map<string, number>();
  const note = (state: ConnectionState) => {
    if (state.state === 'offline') reasons.set(state.reason, (reasons.get(state.reason) ?? 0) + 1);
  };
  for (const { client } of fleet.drivers) client.on('connection', note);
  for (const { client } of fleet.riders) client.on('connection', note);
  await testBed.until(0.25 * seconds);
  const from = Date.now();
  let early = 0;
  for (const { node, pid, url } of await runningGateways(system)) {
    const before = outagesSoFar();
    process.kill(pid, 'SIGTERM');
    const signalled = Date.now();
    await eventually(async () => (await fetch(`${url}/readyz`)).status === 503, 5_000);
    const readinessMs = Date.now() - signalled;
    if (outagesSoFar() > before) early += 1;
    await eventually(() => !isAlive(pid), EXIT_MS);
    log(`${node}: not ready after ${readinessMs} ms, stopped after ${Date.now() - signalled} ms.`);
    await runningGateways(system);
  }
  const between = Date.now();
  for (const { process: child, ready } of system.processors.slice()) {
    child.kill('SIGTERM');
    await eventually(() => child.exitCode !== null, EXIT_MS);
    await system.startProcessor(ready.node!);
    // Time to take partitions over, as an operator leaves.
    await sleep(2_000);
  }
  const until = Date.now();
  const evenMs = await evenAgain(testBed);
  await testBed.until(seconds);
  await testBed.settle();
  const offline = outagesSoFar();
  const outagesIn = (since: number, to: number) =>
    fleet.riders.map((rider) => longestPause(rider, since, to) - 1_000);
  const outages = outagesIn(from, until);
  const quantilesIn = (since: number, to: number) =>
    [0.5, 0.9, 0.99].map((part) => quantileOf(outagesIn(since, to), part)).join(', ');
  log(
    `${offline} times a client was offline; the connections were even again ${evenMs} ms after the last restart.`,
  );
  for (const [reason, count] of reasons) log(`${count} times because of "${reason}".`);
  log(`Outage p50, p90, p99 of the riders, ms: while gateways restarted ${quantilesIn(from, between)};`);
  log(`while processors restarted ${quantilesIn(between, until)}.`);
  return [
    none('gateways that ended a connection before they were not ready', early),
    atMost(
      'outage p50 of the riders, ms beyond the second between two positions',
      quantileOf(outages, 0.5),
      200,
    ),
    none('clients without a connection at any time', offline),
    atMost('ms until the connections were even again', evenMs, EVEN_MS),
    atLeast('riders whose positions went on', outages.filter((ms) => ms < 5_000).length, fleet.riders.length),
    ...(await nothingLost(testBed, context)),
    ...(await indexedOnce(testBed, context)),
    ...neverMovesBack(testBed, context),
  ];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Longest time between two positions that arrived, ms. */
function longestPause({ received }: Rider, from: number, until: number): number {
  const times = received.map(({ at }) => at).filter((at) => at >= from && at <= until);
  return Math.max(...times.slice(1).map((at, i) => at - times[i]!));
}

/** Resolves with the time until both gateways had their part of the clients. */
async function evenAgain({ fleet }: TestBed): Promise<number> {
  const since = Date.now();
  const clients = [...fleet.drivers, ...fleet.riders];
  await eventually(() => {
    const counts = new Map<string, number>();
    for (const { node } of clients) counts.set(node, (counts.get(node) ?? 0) + 1);
    return counts.size === 2 && Math.min(...counts.values()) >= EVEN * clients.length;
  }, EVEN_MS).catch(() => {});
  return Date.now() - since;
}
