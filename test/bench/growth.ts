import { readFile } from 'node:fs/promises';
import { inRoot } from '#scripts/root';
import { type Bench, type Result, textOf } from './bench.js';
import { failoverCost } from './growth/failover-cost.js';
import { fixCost } from './growth/fix-cost.js';
import { gatewayCost } from './growth/gateway-cost.js';
import { type Check, markdown, round } from './report.js';
import { writeParts } from './write-parts.js';

/** One figure for one size. */
export type Row = { part: string; size: string; factor: number; figures: Record<string, number> };

const FIXES_PER_S = 4_000;
const MEASURE_MS = 6_000;
/** Loads at which a plan is compared with what was measured. */
const PLANNED = [
  { drivers: 8_000, fixesPerS: 3_000 },
  { drivers: 24_000, fixesPerS: 6_000 },
];
const PARTS = ['drivers', 'processors', 'riders', 'gateways', 'failover', 'plan'];

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
          const size = `${processors} on ${masters === 1 ? 'one Redis' : 'three masters'}`;
          const cost = await fixCost({ ...base, drivers: small ? 500 : 10_000, processors, masters });
          add('processors', size, processors, { ...cost });
        }
    const city = {
      gateways: 2,
      followed: small ? 10 : 100,
      watching: 0,
      fixesPerS: small ? 50 : 500,
      measureMs,
    };
    if (parts.includes('riders'))
      for (const watching of small ? [0, 20] : [0, 500, 2_000]) {
        const { messagesPerS, cpuMsPerS } = await gatewayCost({ ...city, watching });
        add('riders', watching.toLocaleString('en'), watching, { messages: messagesPerS.mean, cpuMsPerS });
      }
    if (parts.includes('gateways'))
      for (const gateways of small ? [2] : [2, 4, 6]) {
        const { messagesPerS, cpuMsPerS } = await gatewayCost({ ...city, gateways });
        add('gateways', String(gateways), gateways, { messages: messagesPerS.mean, cpuMsPerS });
      }
    if (parts.includes('failover'))
      for (const rooms of small ? [500] : [2_000, 20_000]) {
        const { moved, commands, ms } = await failoverCost(rooms);
        add('failover', `${rooms.toLocaleString('en')} rooms`, rooms, { moved, commands, ms });
      }
    const checks: Check[] = [];
    if (parts.includes('plan')) checks.push(...(await comparePlan(small, measureMs, add)));
    const table = tableOf(rows);
    const file = textOf(flags, 'write');
    if (file !== undefined) await writeParts(file, { growth: table });
    return { rows, table, checks, ...constantsOf(rows) };
  },
};

type Add = (part: string, size: string, factor: number, figures: Record<string, number>) => void;

/** Compares the cores that a plan gives to processors and Redis with those that two loads used. */
async function comparePlan(small: boolean, measureMs: number, add: Add): Promise<Check[]> {
  const { planFor } = (await import(`${inRoot('scripts', 'plan', 'model.mjs')}`)) as { planFor: PlanFor };
  const constants = JSON.parse(await readFile(inRoot('scripts', 'plan', 'constants.json'), 'utf8'));
  const checks: Check[] = [];
  for (const { drivers, fixesPerS } of small ? [{ drivers: 500, fixesPerS: 1_000 }] : PLANNED) {
    const measured = await fixCost({ drivers, fixesPerS, processors: 1, masters: 1, measureMs });
    const load = { drivers, intervalS: drivers / fixesPerS, riders: 0, onTrip: 0, looking: 0, trackHours: 1 };
    const { cores } = planFor({ ...load, largestRegion: drivers }, constants);
    const found = ((measured.processorUs + measured.redisUs) * fixesPerS) / 1e6;
    const planned = cores.processors + cores.redis;
    const size = `${drivers.toLocaleString('en')} drivers, ${fixesPerS.toLocaleString('en')} fixes/s`;
    add('plan', size, drivers, { planned, measured: found });
    const what = `cores planned : cores measured, ${size}`;
    checks.push(
      { what, found: planned / found, atLeast: small ? 0 : 0.75 },
      { what, found: planned / found, atMost: small ? Number.POSITIVE_INFINITY : 1.25 },
    );
  }
  return checks;
}

type PlanFor = (load: object, constants: object) => { cores: { processors: number; redis: number } };

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
  planned: 'cores planned',
  measured: 'cores measured',
};

/** Formats the rows, each part with the shape of its growth. */
function tableOf(rows: Row[]): string {
  const lines = rows.flatMap(({ part, size, figures }) =>
    Object.entries(figures).map(([name, value]) => [
      part,
      size,
      UNITS[name] ?? name,
      round(value),
      shapeOf(rows, part, name),
    ]),
  );
  return markdown(['grows', 'size', 'figure', 'measured', 'shape'], lines);
}

/** Returns the shape of a figure over the sizes of its part: it is measured, so small differences count as none. */
export function shapeOf(rows: Row[], part: string, figure: string): string {
  const found = rows.filter((row) => row.part === part && row.figures[figure] !== undefined);
  const [first, last] = [found[0], found.at(-1)];
  if (part === 'plan' || first === undefined || last === undefined || first === last) return '';
  const [from, to] = [first.figures[figure]!, last.figures[figure]!];
  const sizes = last.factor / Math.max(1, first.factor);
  const growth = to / Math.max(1e-9, from);
  if (growth < 1.3 && growth > 1 / 1.3) return 'flat';
  if (growth <= 1 / 1.3) return 'falls';
  return growth < sizes / 2 ? 'less than linear' : 'linear';
}
