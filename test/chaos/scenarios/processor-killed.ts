import { setTimeout as sleep } from 'node:timers/promises';
import { between, pick } from '#city';
import { FleetIndex } from '#store';
import { progressOf, unpackEvents } from '../../../libs/store/src/fix-stream.js';
import { keys } from '../../../libs/store/src/keys.js';
import { eventually } from '../../fixtures/eventually.js';
import type { System } from '../../fixtures/system.js';
import { atLeast, type Context, type Scenario, type Verdict } from '../scenario.js';
import { PARTITIONS, type TestBed, withTestBed } from '../test-bed.js';
import { deliveryRecovers, indexedOnce, neverMovesBack, nothingLost, RECOVERY_MS } from '../verdicts.js';

/** Time after the recovery in which every driver sends a few more fixes. */
const AFTERWARDS_MS = 3_000;

export const processorKilled: Scenario = {
  name: 'processor-killed',
  description: 'a processor is killed in the middle of a batch, the next one while it takes over',
  run: (context) => withTestBed(context, { processors: 2 }, (testBed) => run(testBed, context)),
};

async function run(testBed: TestBed, context: Context): Promise<Verdict[]> {
  const { system } = testBed;
  const { random, seconds, log } = context;
  const readerOf = async (partition: number) => (await progressOf(system.redis.client, partition)).reader;
  const processor = (name: string | null): Victim => ({
    name: name!,
    pid: system.processors.find(({ ready }) => ready.node === name)!.process.pid!,
  });

  await testBed.until(between(random, 0.2, 0.3) * seconds);
  const partition = pick(random, [0, 1]);
  const first = processor(await readerOf(partition));
  const second = processor(first.name === 'processor-1' ? 'processor-2' : 'processor-1');
  const pauseMs = () => between(random, 1, 20);
  const left = await killInBatch(system, partition, first, { pauseMs });
  const faultAt = Date.now();
  log(
    `Killed ${first.name} in the middle of a batch of partition ${partition}: ${left} entries stored and not finished.`,
  );

  while ((await readerOf(partition)) !== second.name) await sleep(1);
  process.kill(second.pid, 'SIGSTOP');
  const takenAt = Date.now();
  log(`${second.name} took the partition over after ${takenAt - faultAt} ms.`);
  const toDo = (await progressOf(system.redis.client, partition)).backlog;
  const leftAgain = await killInBatch(system, partition, second, {
    pauseMs: () => between(random, 1, 3),
    // In its first batch or in a later one.
    whenAtMost: Math.max(LAST_BATCH, toDo * between(random, 0.5, 1.5)),
  });
  const lastAt = Date.now();
  const { backlog, finishedTo } = await progressOf(system.redis.client, partition);
  const [oldest] = await entriesAfter(system, partition, finishedTo, 1);
  log(
    `Killed ${second.name} with ${leftAgain} entries stored and not finished, and ${backlog} of ${toDo} still to process.`,
  );

  await system.startProcessor('processor-3');
  log(`processor-3 was ready ${Date.now() - lastAt} ms after that.`);
  for (const p of Array(PARTITIONS).keys())
    await eventually(async () => (await readerOf(p)) === 'processor-3');
  log(`It had taken over everything ${Date.now() - lastAt} ms after it.`);
  await testBed.until(seconds);
  // Long enough to measure the delay after the recovery, however short the run.
  await sleep(lastAt + RECOVERY_MS + AFTERWARDS_MS - Date.now());
  await testBed.settle();
  const oldestAt = Number(oldest?.[0].split('-')[0]);
  return [
    atLeast('entries unfinished at the first kill', left, 1),
    atLeast('entries unfinished at the second kill', leftAgain, 1),
    atLeast('ms from the oldest of them to the take-over', takenAt - oldestAt, 0),
    ...deliveryRecovers(testBed, { faultAt, since: lastAt, what: 'the last kill' }, context),
    ...(await nothingLost(testBed, context)),
    ...(await indexedOnce(testBed, context)),
    ...neverMovesBack(testBed, context),
  ];
}

type Victim = { name: string; pid: number };

/** Time within which Redis executes commands that a stopped process had already sent. */
const QUIET_MS = 10;
const MAX_TRIES = 500;
/** A processor reads a hundred entries at a time; with a smaller backlog than this it would soon be finished. */
const LAST_BATCH = 150;
/** Entries that are checked for whether they are stored. */
const CHECKED = 50;

/**
 * Stops a processor repeatedly, and kills it when it has stored entries that are not finished, and the backlog is small enough.
 * @returns the number of those entries
 */
async function killInBatch(
  system: System,
  partition: number,
  { name, pid }: Victim,
  { pauseMs, whenAtMost = Number.POSITIVE_INFINITY }: { pauseMs: () => number; whenAtMost?: number },
): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    process.kill(pid, 'SIGSTOP');
    await sleep(QUIET_MS);
    const left = await storedAndUnfinished(system, partition);
    if (left > 0 && (await progressOf(system.redis.client, partition)).backlog <= whenAtMost) {
      process.kill(pid, 'SIGKILL');
      return left;
    }
    process.kill(pid, 'SIGCONT');
    await sleep(pauseMs());
  }
  throw new Error(`${name} was never seen in the middle of a batch`);
}

/** Counts the entries behind the cursor of which a fix is in the index already. */
async function storedAndUnfinished(system: System, partition: number): Promise<number> {
  const { client } = system.redis;
  const index = new FleetIndex(client);
  const { finishedTo } = await progressOf(client, partition);
  let stored = 0;
  for (const [, [, text]] of await entriesAfter(system, partition, finishedTo, CHECKED)) {
    const fix = unpackEvents(text!, 0).find((event) => 'fix' in event);
    if (fix === undefined) continue;
    const { record } = await index.load(fix.driverId);
    if (record !== null && record.receivedAt >= fix.receivedAt) stored += 1;
  }
  return stored;
}

const entriesAfter = ({ redis }: System, partition: number, id: string, count: number) =>
  redis.client.xrange(keys.fixes(partition), `(${id}`, '+', 'COUNT', count);
