import { type Bench, type Result, textOf } from './bench.js';
import { failoverCost } from './growth/failover-cost.js';
import { fixCost } from './growth/fix-cost.js';
import { gatewayCost } from './growth/gateway-cost.js';
import { comparePlan, measured, planned } from './growth/plan-check.js';
import { type Point, shapeOf } from './growth/shape.js';
import { type Check, markdown, round } from './report.js';
import { writeParts } from './write-parts.js';

/** One figure for one size. */
export type Row = { part: string; size: string; factor: number; figures: Record<string, number> };

const FIXES_PER_S = 4_000;
const MEASURE_MS = 6_000;
/** Loads at which a plan is compared with what was measured. */
const PLANNED = [
  { drivers: 24_000, fixesPerS: 6_000 },
  { drivers: 40_000, fixesPerS: 10_000 },
];
const PARTS = ['drivers', 'processors', 'riders', 'cells', 'gateways', 'failover', 'plan'];

/** Measures how each cost grows, and compares a plan with runs at two sizes. */
export const growth: Bench = {
  options: { only: { type: 'string' }, write: { type: 'string' } },
  usage: `[--only ${PARTS.join(',')}] [--write docs/scale.md]`,
  async run(flags) {
    const parts = textOf(flags, 'only')?.split(',') ?? PARTS;
    const small = flags.quick;
    const rows: Row[] = [];
    const add = (part: string, size: string, factor: number, figures: Record<string, number>) => {
      process.stderr.write(`${part}, ${size}: ${JSON.stringify(figures)}\n`);
      rows.push({ part, size, factor, figures });
    };
    const measureMs = small ? 1_500 : MEASURE_MS;
    const base = { fixesPerS: small ? 1_000 : FIXES_PER_S, processors: 1, masters: 1 as const, measureMs };
    if (parts.includes('drivers'))
      for (const drivers of small ? [500, 1_000] : [1_000, 10_000, 100_000])
        add('drivers', drivers.toLocaleString('en'), drivers, { ...(await fixCost({ ...base, drivers })) });
    if (parts.includes('processors'))
      for (const masters of [1, 3] as const)
        for (const processors of small ? [1] : [1, 2, 4]) {
          const part = `processors on ${masters === 1 ? 'one Redis' : 'three masters'}`;
          const cost = await fixCost({ ...base, drivers: small ? 500 : 10_000, processors, masters });
          add(part, String(processors), processors, { ...cost });
        }
    const city = {
      gateways: 2,
      followed: small ? 10 : 100,
      watching: 0,
      places: 1,
      available: small ? 20 : 500,
      fixesPerS: small ? 50 : 500,
      measureMs,
    };
    if (parts.includes('riders'))
      for (const watching of small ? [5, 20] : [100, 500, 2_000]) {
        const { messagesPerS, cpuMsPerS, cells } = await gatewayCost({ ...city, watching, places: 5 });
        const size = `${watching.toLocaleString('en')} in ${cells} cells`;
        add('riders', size, watching, { messages: messagesPerS.mean, cpuMsPerS });
      }
    if (parts.includes('cells'))
      for (const places of small ? [1, 20] : [5, 50, 500]) {
        const load = { ...city, watching: small ? 20 : 500, places };
        const { messagesPerS, cpuMsPerS, cells } = await gatewayCost(load);
        add('cells', String(cells), cells, { messages: messagesPerS.mean, cpuMsPerS });
      }
    if (parts.includes('gateways'))
      for (const gateways of small ? [2] : [2, 4, 6]) {
        const { messagesPerS, cpuMsPerS } = await gatewayCost({ ...city, gateways });
        add('gateways', String(gateways), gateways, { messages: messagesPerS.mean, cpuMsPerS });
      }
    if (parts.includes('failover'))
      for (const rooms of small ? [500] : [2_000, 6_000, 20_000]) {
        const { moved, commands, ms } = await failoverCost(rooms);
        add('failover', `${rooms.toLocaleString('en')} rooms`, rooms, { moved, commands, ms });
      }
    const checks: Check[] = [];
    if (parts.includes('plan'))
      for (const load of small ? [{ drivers: 500, fixesPerS: 1_000 }] : PLANNED) {
        const size = `${load.drivers.toLocaleString('en')} drivers, ${load.fixesPerS.toLocaleString('en')} fixes/s`;
        const [plan, run] = [await planned(load), await measured(load, measureMs)];
        add('plan', `${size}, planned`, load.drivers, plan);
        add('plan', `${size}, measured`, load.drivers, run);
        // A second is too short for figures that hold.
        if (!small) checks.push(...comparePlan(size, plan, run));
      }
    const table = tableOf(rows);
    const file = textOf(flags, 'write');
    if (file !== undefined) await writeParts(file, { growth: table });
    return { rows, table, checks, ...constantsOf(rows) };
  },
};

/** The cost of a fix at the middle of the sizes, for `npm run plan`. */
function constantsOf(rows: Row[]): Pick<Result, 'constants'> {
  const found = rows.filter(({ part }) => part === 'drivers').at(1);
  if (found === undefined) return {};
  const { processorUs, redisUs } = found.figures as { processorUs: number; redisUs: number };
  return { constants: { fix: { processorUs, redisUs } } };
}

const UNITS: Record<string, string> = {
  processorUs: 'processor, µs a fix',
  redisUs: 'Redis, µs a fix',
  messages: 'messages from Redis, each gateway and second',
  cpuMsPerS: 'CPU of all gateways, ms a second',
  moved: 'rooms that moved',
  commands: 'SSUBSCRIBE commands',
  ms: 'ms until all are subscribed again',
  gatewayMs: 'CPU of gateways for fixes, ms a second',
  storeMs: 'CPU of processors and Redis, ms a second',
  indexMb: 'memory of the index, MB',
};

/** Formats the rows, each part with the shape of its growth. */
function tableOf(rows: Row[]): string {
  const lines = rows.flatMap(({ part, size, figures }) =>
    Object.entries(figures).map(([name, value]) => [
      part,
      size,
      UNITS[name] ?? name,
      round(value),
      part === 'plan' ? '' : shapeOf(pointsOf(rows, part, name)),
    ]),
  );
  return markdown(['grows', 'size', 'figure', 'measured', 'shape'], lines);
}

const pointsOf = (rows: Row[], part: string, figure: string): Point[] =>
  rows
    .filter((row) => row.part === part && row.figures[figure] !== undefined)
    .map(({ factor, figures }) => ({ size: factor, value: figures[figure]! }));
