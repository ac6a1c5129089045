import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Flags, numberOf, type Result, textOf } from './bench.js';
import { CROWD_CONTENDERS, type CrowdContender } from './crowd/contenders.js';
import { cpuOf, Generators, memoryKb } from './crowd/generators.js';
import { checksOfLooking, type LookRow, measureLooking, tableOfLooking } from './crowd/looking.js';
import { type Check, markdown, median, round } from './report.js';
import { writeParts } from './write-parts.js';

/** One service with a crowd of some size. */
export type Row = {
  name: string;
  sockets: number;
  /** time from the request until the last socket has the event: median and maximum, ms */
  lastMs: number;
  worstMs: number;
  /** share of the sockets that received each event */
  receivedShare: number;
  /** CPU of the service per delivery, µs */
  deliveryUs: number;
  /** CPU of the service per connection, from TCP to the first answer of the service, µs */
  connectUs: number;
  /** resident memory of the service per idle connection, KB */
  connectionKb: number;
  /** CPU of the service with all connections idle, share of one core */
  idleCpu: number;
};

const SIZES = [1_000, 8_000, 20_000];
const EVENTS = 10;
const PAUSE_MS = 1_500;
const IDLE_MS = 12_000;
const LOOKING_SIZES = [1_000, 8_000];
const LOOKING_ROUNDS = 3;
const LOOKED_AT = 300;

/**
 * Measures one event that reaches a crowd, and the memory of its connections; or a crowd that begins to look at cars at once.
 */
export const crowd: Bench = {
  options: {
    event: { type: 'string', default: 'alert' },
    only: { type: 'string' },
    sockets: { type: 'string' },
    events: { type: 'string' },
    ping: { type: 'string' },
    write: { type: 'string' },
  },
  usage:
    '[--event alert|looking] [--only hexfleet,socket.io,ws,nchan] [--sockets 1000,8000] [--events N] [--ping MS] [--write docs/benchmarks.md]',
  async run(flags) {
    const event = textOf(flags, 'event');
    if (event !== 'alert' && event !== 'looking') throw new Error('--event is alert or looking');
    if (event === 'looking') return runLooking(flags);
    const names = textOf(flags, 'only')?.split(',') ?? Object.keys(CROWD_CONTENDERS);
    const sizes = textOf(flags, 'sockets')?.split(',').map(Number) ?? (flags.quick ? [100] : SIZES);
    const events = numberOf(flags, 'events') ?? (flags.quick ? 3 : EVENTS);
    const ping = numberOf(flags, 'ping');
    const env: Record<string, string> = ping === undefined ? {} : { HEXFLEET_PING_INTERVAL_MS: String(ping) };
    const rows: Row[] = [];
    for (const sockets of sizes)
      for (const name of names) {
        const start = CROWD_CONTENDERS[name];
        if (start === undefined) throw new Error(`--only is of ${Object.keys(CROWD_CONTENDERS).join(', ')}`);
        process.stderr.write(`${name}, ${sockets} sockets\n`);
        const contender = await start(env);
        try {
          rows.push({
            name,
            sockets,
            ...(await measure(contender, sockets, events, flags.quick ? 500 : IDLE_MS)),
          });
        } finally {
          await contender.stop();
        }
      }
    const table = tableOf(rows);
    const file = textOf(flags, 'write');
    if (file !== undefined) await writeParts(file, { crowd: table });
    return { rows, table, checks: checksOf(rows), constants: constantsOf(rows) };
  },
};

/** Riders who are at one place, and the cars around it. */
async function runLooking(flags: Flags): Promise<Result> {
  const sizes = textOf(flags, 'sockets')?.split(',').map(Number) ?? (flags.quick ? [50] : LOOKING_SIZES);
  const rounds = numberOf(flags, 'events') ?? (flags.quick ? 1 : LOOKING_ROUNDS);
  const rows: LookRow[] = [];
  for (const riders of sizes) {
    process.stderr.write(`${riders} riders who look at once\n`);
    const idleMs = flags.quick ? 500 : IDLE_MS;
    rows.push(await measureLooking({ riders, rounds, cars: flags.quick ? 40 : LOOKED_AT, idleMs }));
  }
  const table = tableOfLooking(rows);
  const file = textOf(flags, 'write');
  if (file !== undefined) await writeParts(file, { looking: table });
  return { rows, table, checks: checksOfLooking(rows) };
}

async function measure(
  contender: CrowdContender,
  sockets: number,
  events: number,
  idleMs: number,
): Promise<Omit<Row, 'name' | 'sockets'>> {
  const { pids } = contender;
  await sleep(1_000);
  const memoryBefore = memoryKb(pids);
  const plan = await contender.plan(sockets);
  const connectingFrom = cpuOf(pids);
  const generators = await Generators.connect(plan);
  const connectUs = ((cpuOf(pids) - connectingFrom) * 1_000) / sockets;
  try {
    await sleep(idleMs / 2);
    const connectionKb = (memoryKb(pids) - memoryBefore) / sockets;
    const idleFrom = cpuOf(pids);
    await sleep(idleMs);
    const idleCpuMs = cpuOf(pids) - idleFrom;
    const times: number[] = [];
    let received = 0;
    // The first one compiles the code.
    await generators.round(contender.publish);
    const cpuFrom = cpuOf(pids);
    const from = performance.now();
    for (let n = 0; n < events; n += 1) {
      const [event] = await generators.round(contender.publish);
      times.push(event!.ms);
      received += event!.received;
      await sleep(Math.min(PAUSE_MS, idleMs));
    }
    const used = cpuOf(pids) - cpuFrom - (idleCpuMs / idleMs) * (performance.now() - from);
    return {
      lastMs: median(times),
      worstMs: Math.max(...times),
      receivedShare: received / (events * sockets),
      deliveryUs: (used * 1_000) / received,
      connectUs,
      connectionKb,
      idleCpu: idleCpuMs / idleMs,
    };
  } finally {
    generators.end();
  }
}

function tableOf(rows: Row[]): string {
  const head = [
    '',
    'sockets',
    'last socket, ms: median / worst',
    'CPU per delivery, µs',
    'CPU to connect, µs',
    'connections a second and core',
    'memory per connection, KB',
    'idle CPU, % of a core',
    'received',
  ];
  const lines = rows.map((row) => [
    row.name,
    row.sockets.toLocaleString('en'),
    `${round(row.lastMs)} / ${round(row.worstMs)}`,
    round(row.deliveryUs),
    round(row.connectUs),
    Math.round(1e6 / row.connectUs).toLocaleString('en'),
    round(row.connectionKb),
    round(row.idleCpu * 100),
    `${(row.receivedShare * 100).toFixed(1)} %`,
  ]);
  return `Two nodes, one event to all sockets; the load generator runs on the same machine\n\n${markdown(head, lines)}`;
}

/** Costs of a connection in the largest crowd. */
function constantsOf(rows: Row[]): Record<string, Record<string, number>> {
  const row = rows.filter(({ name }) => name === 'hexfleet').at(-1);
  if (row === undefined) return {};
  const { connectionKb, idleCpu, sockets } = row;
  return { connection: { kb: connectionKb, idleUsPerS: (idleCpu * 1e6) / sockets } };
}

function checksOf(rows: Row[]): Check[] {
  const least = Math.min(...rows.map(({ receivedShare }) => receivedShare));
  const checks: Check[] = [{ what: 'share of sockets that received the event', found: least, atLeast: 1 }];
  const of = (name: string) => rows.find((row) => row.name === name && row.sockets === 8_000);
  const own = of('hexfleet');
  if (own === undefined) return checks;
  checks.push(
    { what: 'ms until the last of 8,000 sockets has the event', found: own.lastMs, atMost: 500 },
    { what: 'KB per idle connection', found: own.connectionKb, atMost: 12 },
  );
  const bare = of('socket.io');
  if (bare !== undefined)
    checks.push({
      what: 'CPU per delivery, Hexfleet : bare Socket.IO',
      found: own.deliveryUs / bare.deliveryUs,
      atMost: 1,
    });
  return checks;
}
