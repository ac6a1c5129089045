import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Bench, numberOf, textOf } from './bench.js';
import { startBare } from './contenders/bare.js';
import type { Contender, StartContender } from './contenders/contender.js';
import { startHexfleet } from './contenders/hexfleet.js';
import { startTutorial } from './contenders/tutorial.js';
import { cpuOf } from './cpu.js';
import type { LoadPlan, LoadResult } from './load.js';
import { checks, type Row, table } from './pipeline-report.js';
import { median, spread } from './report.js';

type Options = {
  quick: boolean;
  rates?: number[] | undefined;
  rounds?: number | undefined;
  /** where the Hexfleet processes write CPU profiles on exit */
  profileDir?: string | undefined;
  /** designs to measure; by default the tutorial, and Hexfleet with stock clients and with those of the sdk */
  only?: string[] | undefined;
};

const DRIVERS = 2_000;
const RIDERS = 200;
const BBOX: LoadPlan['bbox'] = [-74.02, 40.7, -73.93, 40.88];
const RATES = [1_000, 2_000, 4_000, 8_000, 12_000];

/** As many at every rate: after fewer, V8 still interprets much of either design, which a service that runs does not. */
const WARM_UP_FIXES = 48_000;

/** Contenders, each in a file of its own. */
const CONTENDERS: Record<string, StartContender> = {
  tutorial: startTutorial,
  hexfleet: startHexfleet,
  'hexfleet-sdk': async (profileDir) => ({ ...(await startHexfleet(profileDir)), hasCountedAcks: true }),
  bare: startBare,
};
const COMPARED = ['tutorial', 'hexfleet', 'hexfleet-sdk'];

/** Compares the complete service with the tutorial design. */
export const pipeline: Bench = {
  options: {
    rates: { type: 'string' },
    rounds: { type: 'string' },
    profile: { type: 'string' },
    only: { type: 'string' },
  },
  usage: '[--rates 1000,8000] [--rounds N] [--profile DIR] [--only tutorial,hexfleet,hexfleet-sdk,bare]',
  async run(flags) {
    const rows = await measureAll({
      quick: flags.quick,
      rates: textOf(flags, 'rates')?.split(',').map(Number),
      rounds: numberOf(flags, 'rounds'),
      profileDir: textOf(flags, 'profile'),
      only: textOf(flags, 'only')?.split(','),
    });
    return { rows, table: table(rows), checks: checks(rows), constants: constantsOf(rows) };
  },
};

/** Measures the designs alternately at each rate, from a driver's send to the socket of its rider on the other node. */
async function measureAll({ quick, rates, rounds, profileDir, only }: Options): Promise<Row[]> {
  const plan = quick
    ? {
        rates: rates ?? [1_000],
        rounds: rounds ?? 1,
        warmupFixes: 1_000,
        measureMs: 3_000,
        drivers: 400,
        riders: 50,
      }
    : {
        rates: rates ?? RATES,
        rounds: rounds ?? 2,
        warmupFixes: WARM_UP_FIXES,
        measureMs: 8_000,
        drivers: DRIVERS,
        riders: RIDERS,
      };
  const contenders = (only ?? COMPARED).map((name): [string, StartContender] => {
    const start = CONTENDERS[name];
    if (start === undefined) throw new Error(`--only is of ${Object.keys(CONTENDERS).join(', ')}`);
    return [name, start];
  });
  const rows: Row[] = [];
  for (const rate of plan.rates) {
    const measured = new Map<string, Measured[]>(contenders.map(([name]) => [name, []]));
    for (let round = 0; round < plan.rounds; round += 1) {
      for (const [name, start] of contenders) {
        process.stderr.write(`${name}, ${rate} fixes/s, round ${round + 1} of ${plan.rounds}\n`);
        measured.get(name)!.push(await measureOne(await start(profileDir), { ...plan, rate }));
      }
    }
    for (const [name, runs] of measured) rows.push(summarise(name, rate, runs));
  }
  return rows;
}

/** Costs of a fix at the highest rate. A thousand fixes at a millisecond are one fix at a microsecond. */
function constantsOf(rows: Row[]): Record<string, Record<string, number>> {
  const row = rows.filter(({ name }) => name === 'hexfleet').at(-1);
  if (row === undefined) return {};
  const { cpuByProcessMs: cpu, bytesOutPerFix } = row;
  return {
    fix: {
      gatewayUs: cpu['driver node'] ?? 0,
      processorUs: cpu.processor ?? 0,
      redisUs: cpu.redis ?? 0,
      bytesIn: bytesOutPerFix,
    },
  };
}

export type Measured = LoadResult & { cpuPer1000: Record<string, number> };

/** Measures one design, which ends afterwards. CPU is that of 1,000 fixes, ms, which is that of one in µs. */
export async function measureOne(
  contender: Contender,
  plan: { rate: number; warmupFixes: number; measureMs: number; drivers: number; riders: number },
): Promise<Measured> {
  try {
    const ids = Array.from({ length: plan.drivers }, (_, i) => `bench-${i}`);
    const drivers = await Promise.all(
      ids.map(async (id) => ({ id, token: await contender.token('driver', id) })),
    );
    const riders: LoadPlan['riders'] = [];
    for (const driverId of ids.slice(0, plan.riders)) {
      const riderId = `rider-of-${driverId}`;
      const tripId = await contender.openTrip(riderId, driverId);
      riders.push({ driverId, tripId, token: await contender.token('rider', riderId) });
    }
    const dispatchers = await Promise.all(
      ['desk-1', 'desk-2'].map((sub) => contender.token('dispatcher', sub)),
    );
    const { driverUrl, riderUrl, pids, hasCountedAcks } = contender;
    const { rate: fixesPerS, warmupFixes, measureMs } = plan;
    const warmupMs = Math.round((1_000 * warmupFixes) / fixesPerS);
    let before: Record<string, number> = {};
    let after: Record<string, number> = {};
    const result = await generate(
      {
        ...{ driverUrl, riderUrl, drivers, riders, dispatchers, bbox: BBOX },
        ...{ fixesPerS, warmupMs, measureMs, hasCountedAcks },
      },
      (phase) => {
        if (phase === 'start') before = cpuOf(pids);
        else after = cpuOf(pids);
      },
    );
    const cpuPer1000 = Object.fromEntries(
      Object.keys(pids).map((name) => [name, ((after[name]! - before[name]!) * 1_000) / result.handled]),
    );
    return { ...result, cpuPer1000 };
  } finally {
    await contender.stop();
  }
}

/** Runs the load generator as a separate process, so that its CPU is not counted. */
function generate(plan: LoadPlan, onMeasure: (phase: 'start' | 'end') => void): Promise<LoadResult> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./load.js', import.meta.url))], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // JSON would turn an infinite latency, which means no deliveries, into null.
    serialization: 'advanced',
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The load generator ended with ${code}`)));
    child.on('message', (message: { type?: string; phase?: 'start' | 'end'; result?: LoadResult }) => {
      if (message.type === 'ready') child.send(plan);
      else if (message.phase !== undefined) onMeasure(message.phase);
      else if (message.result !== undefined) resolve(message.result);
    });
  });
}

function summarise(name: string, rate: number, runs: Measured[]): Row {
  const of = (pick: (run: Measured) => number) => runs.map(pick);
  const cpu = (run: Measured) => Object.values(run.cpuPer1000).reduce((sum, part) => sum + part, 0);
  const perFix = (bytes: (run: Measured) => number) => median(of((run) => bytes(run) / run.sent));
  return {
    name,
    rate,
    cpuMs: median(of(cpu)),
    cpuSpreadMs: spread(of(cpu)),
    cpuByProcessMs: Object.fromEntries(
      Object.keys(runs[0]!.cpuPer1000).map((process) => [
        process,
        median(of((run) => run.cpuPer1000[process]!)),
      ]),
    ),
    p50Ms: median(of((run) => run.deliveryMs.p50)),
    p99Ms: median(of((run) => run.deliveryMs.p99)),
    p99SpreadMs: spread(of((run) => run.deliveryMs.p99)),
    ackP99Ms: median(of((run) => run.ackMs.p99)),
    ackedShare: median(of((run) => run.acked / run.sent)),
    deliveredShare: median(of((run) => run.delivered / Math.max(1, run.expected))),
    bytesInPerFix: perFix((run) => run.bytesIn),
    bytesOutPerFix: perFix((run) => run.bytesOut),
  };
}
