import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seeded } from '#city';
import { orExit } from '#ops/process';
import { atLeast, none, type Verdict } from '../chaos/scenario.js';
import { unfinished } from '../chaos/test-bed.js';
import { timesMissing } from '../chaos/track-audit.js';
import { eventually } from '../fixtures/eventually.js';
import { startSystem } from '../fixtures/system.js';
import { startLoad } from './drivers.js';
import { FAULT_COUNT, faultsOf } from './faults.js';
import { compareHeaps, type Heap, heapArguments, takeHeap } from './heap.js';
import { Memory } from './memory.js';

const USAGE = `Usage: npm run soak -- [--minutes N] [--rate N] [--settle N] [--seed N]
  --minutes  duration, at least ${1 + 2 * FAULT_COUNT}; 60 by default
  --rate     drivers, each of which sends a fix per second; 2000 by default
  --settle   minutes after which memory may not change by more than 10 %; 10 by default, less in short runs. Two rounds of
             all faults must follow`;

const RIDERS = 100;
const MINUTE_MS = 60_000;
/** Time within a minute at which its fault happens. */
const FAULT_MS = 20_000;
const SETTLE_MS = 60_000;
const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '60' },
      rate: { type: 'string', default: '2000' },
      settle: { type: 'string' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    },
  });
  const [minutes, rate, seed] = [values.minutes, values.rate, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  const settle = Number(values.settle ?? Math.min(10, minutes - 2 * FAULT_COUNT));
  const whole = [minutes, rate, seed, settle].every(Number.isInteger);
  if (!whole || rate < 1 || settle < 1 || settle + 2 * FAULT_COUNT > minutes) throw new Error(USAGE);
  const dir = await mkdtemp(join(tmpdir(), 'hexfleet-soak-'));
  try {
    const verdicts = await soak({ minutes, rate, seed, settle, dir });
    for (const { line } of verdicts) print(line);
    const broken = verdicts.filter(({ holds }) => !holds).length;
    print(`\nseed ${seed}: ${verdicts.length - broken} held, ${broken} broken`);
    process.exitCode = broken > 0 ? 1 : 0;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

type Plan = { minutes: number; rate: number; seed: number; settle: number; dir: string };

async function soak({ minutes, rate, seed, settle, dir }: Plan): Promise<Verdict[]> {
  print(`== soak, seed ${seed}: ${minutes} minutes at ${rate} fixes per second, one fault per minute`);
  const random = seeded(seed);
  const system = await startSystem({
    processors: 2,
    appendfsync: 'always',
    env: { HEXFLEET_PARTITIONS: '2', HEXFLEET_TICK_MS: '1000' },
    nodeArguments: heapArguments(dir),
  });
  const { front, gateways, processors, redis } = system;
  const measured: Record<string, number> = {
    front: front.process.pid!,
    ...Object.fromEntries(gateways.map(({ node, pid }) => [node, pid])),
    ...Object.fromEntries(processors.map(({ ready, process: child }) => [ready.node!, child.pid!])),
  };
  // A snapshot takes several times the heap, and the process keeps that memory: the others show what memory does without.
  const snapshotted = [gateways[0]!.node, processors[0]!.ready.node!];
  const others = Object.keys(measured).filter((name) => !snapshotted.includes(name));
  const heaps = async () => {
    const taken = new Map<string, Heap>();
    for (const name of snapshotted) taken.set(name, await takeHeap(dir, measured[name]!));
    return taken;
  };
  try {
    const load = await startLoad(system, { rate, riders: Math.min(RIDERS, rate) });
    const memory = new Memory(() => ({ ...measured, redis: redis.pid() }));
    const faultOf = faultsOf(random);
    const startedAt = Date.now();
    const until = (ms: number) => sleep(Math.max(0, startedAt + ms - Date.now()));
    let first = new Map<string, Heap>();
    for (let minute = 0; minute < minutes; minute += 1) {
      if (minute === settle) first = await heaps();
      await until(minute * MINUTE_MS + FAULT_MS);
      const fault = faultOf(minute);
      await fault.inflict(system, load, random);
      await until((minute + 1) * MINUTE_MS);
      const mb = Object.entries(memory.between(minute, minute + 1)).map(([name, size]) => `${name} ${size}`);
      print(`   ${String(minute + 1).padStart(3)} min  MB: ${mb.join(', ')}  ${fault.name}`);
    }
    memory.stop();
    const last = await heaps();
    load.park();
    await eventually(
      async () =>
        load.drivers.every(({ waiting }) => waiting === 0) && (await unfinished(redis.client)) === 0,
      SETTLE_MS,
    ).catch(() => {});
    let missing = 0;
    for (const { id, acked } of load.drivers) missing += (await timesMissing(redis.client, id, acked)).length;
    const acked = load.drivers.reduce((sum, driver) => sum + driver.acked.length, 0);
    const waiting = load.drivers.reduce((sum, driver) => sum + driver.waiting, 0);
    print(`   ${acked} fixes were acked; riders received ${load.received()} positions.`);
    load.close();
    return [
      atLeast('acked fixes', acked, Math.floor(rate * 60 * minutes * 0.9)),
      none('fixes that were never acked', waiting),
      none('acked fixes missing from the track of their driver', missing),
      none('stream entries that no processor finished', await unfinished(redis.client)),
      ...memory.verdicts(others, settle, minutes, FAULT_COUNT),
      ...snapshotted.map((name) =>
        compareHeaps(name, first.get(name)!, last.get(name)!, (line) => print(`   ${line}`)),
      ),
    ];
  } finally {
    await system.stop();
  }
}

await orExit(main().then(() => process.exit()));
