import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { orExit } from '#ops/process';
import { type Bench, type Flags, writeConstants } from './bench.js';
import { board } from './board.js';
import { crowd } from './crowd.js';
import { fleetIndex } from './fleet-index.js';
import { flood } from './flood.js';
import { growth } from './growth.js';
import { memory } from './memory.js';
import { pipeline } from './pipeline.js';
import { reached, verdicts } from './report.js';
import { sampling } from './sampling.js';
import { track } from './track.js';
import { transports } from './transports.js';
import { zones } from './zones.js';

/** All benchmarks, each in a file of its own. */
const BENCHES: Record<string, Bench> = {
  board,
  crowd,
  flood,
  growth,
  index: fleetIndex,
  memory,
  pipeline,
  sampling,
  track,
  transports,
  zones,
};

const USAGE = `Usage:
${Object.entries(BENCHES)
  .map(
    ([name, { usage }]) =>
      `  npm run bench -- ${name} [--quick] [--strict] [--json FILE] [--constants FILE] ${usage}`,
  )
  .join('\n')}`;

async function main(): Promise<void> {
  const [name = '', ...args] = process.argv.slice(2);
  const bench = BENCHES[name];
  if (bench === undefined) throw new Error(USAGE);
  const { strict, json, constants, ...flags } = flagsOf(bench, args);
  const result = await bench.run(flags);
  const { rows, table, checks } = result;
  process.stdout.write(`${table}\n\n${verdicts(checks)}\n`);
  if (json !== undefined) await writeFile(json as string, `${JSON.stringify(rows, null, 2)}\n`);
  if (constants !== undefined) await writeConstants(constants as string, result.constants ?? {});
  if (strict && !checks.every(reached)) process.exitCode = 1;
}

function flagsOf({ options }: Bench, args: string[]): Flags {
  const { values } = parseArgs({
    args,
    options: {
      ...options,
      quick: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      json: { type: 'string' },
      constants: { type: 'string' },
    },
  });
  return values as Flags;
}

await orExit(main());
