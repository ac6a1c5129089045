import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Bench, numberOf, textOf } from './bench.js';
import { cpuMs } from './cpu.js';
import { CROWD_CONTENDERS, type CrowdContender } from './crowd/contenders.js';
import type { CrowdPlan } from './crowd/crowd-client.js';
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
/** Sockets per generator: a process has a limited number of files. */
const PER_PROCESS = 10_000;

/** Measures one event that reaches a crowd, and the memory of its connections. */
export const crowd: Bench = {
  options: {
    only: { type: 'string' },
    sockets: { type: 'string' },
    events: { type: 'string' },
    ping: { type: 'string' },
    write: { type: 'string' },
  },
  usage:
    '[--only hexfleet,socket.io,ws,nchan] [--sockets 1000,8000] [--events N] [--ping MS] [--write docs/benchmarks.md]',
  async run(flags) {
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
  const generators = await connectAll(plan);
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
    await publishOnce(contender, generators);
    const cpuFrom = cpuOf(pids);
    const from = performance.now();
    for (let n = 0; n < events; n += 1) {
      const result = await publishOnce(contender, generators);
      times.push(result.ms);
      received += result.received;
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
    for (const generator of generators) generator.send({ type: 'end' });
  }
}

async function publishOnce(
  contender: CrowdContender,
  generators: ChildProcess[],
): Promise<{ ms: number; received: number }> {
  const waiting = generators.map((generator) => messageOf(generator, 'waiting'));
  const results = generators.map((generator) =>
    messageOf<{ received: number; lastAt: number }>(generator, 'received'),
  );
  for (const generator of generators) generator.send({ type: 'next' });
  await Promise.all(waiting);
  const from = performance.timeOrigin + performance.now();
  await contender.publish();
  const all = await Promise.all(results);
  return {
    ms: Math.max(...all.map(({ lastAt }) => lastAt)) - from,
    received: all.reduce((sum, { received }) => sum + received, 0),
  };
}

/** Connects the sockets of a plan from as few processes as possible. */
async function connectAll(plan: CrowdPlan): Promise<ChildProcess[]> {
  const path = fileURLToPath(new URL('./crowd/crowd-client.js', import.meta.url));
  const parts = Array.from({ length: Math.ceil(plan.dialogues.length / PER_PROCESS) }, (_, i) =>
    plan.dialogues.slice(i * PER_PROCESS, (i + 1) * PER_PROCESS),
  );
  return Promise.all(
    parts.map(async (dialogues) => {
      const child = spawn(process.execPath, [path, 'crowd'], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        serialization: 'advanced',
      });
      await messageOf(child, 'ready');
      child.send({ plan: { ...plan, dialogues } });
      await messageOf(child, 'connected');
      return child;
    }),
  );
}

/** Resolves with the next message of a type. Rejects when the process ends first. */
function messageOf<T>(child: ChildProcess, type: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('A load generator ended'));
    const receive = (message: { type: string }) => {
      if (message.type !== type) return;
      child.off('message', receive).off('exit', ended);
      resolve(message as T);
    };
    child.on('message', receive).once('exit', ended);
  });
}

const cpuOf = (pids: number[]): number => pids.reduce((sum, pid) => sum + cpuMs(pid), 0);

/** Resident memory of processes, KB. */
function memoryKb(pids: number[]): number {
  const of = (pid: number) =>
    Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
  return pids.reduce((sum, pid) => sum + of(pid), 0);
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

/** Costs of the largest crowd. */
function constantsOf(rows: Row[]): Record<string, Record<string, number>> {
  const row = rows.filter(({ name }) => name === 'hexfleet').at(-1);
  if (row === undefined) return {};
  const { deliveryUs, connectionKb, idleCpu, sockets } = row;
  return {
    delivery: { us: deliveryUs },
    connection: { kb: connectionKb, idleUsPerS: (idleCpu * 1e6) / sockets },
  };
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
