import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { orExit } from '#ops/process';
import { pipeline } from './pipeline.js';
import { checks } from './report.js';

const BENCHES = { pipeline };

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      json: { type: 'string' },
      rates: { type: 'string' },
      rounds: { type: 'string' },
      profile: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const bench = BENCHES[positionals[0] as keyof typeof BENCHES];
  if (bench === undefined) {
    throw new Error(
      `Usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [--quick] [--strict] [--json FILE] [--rates 1000,8000] [--rounds N] [--profile DIR] [--only DESIGN]`,
    );
  }
  const rows = await bench({
    quick: values.quick,
    rates: values.rates?.split(',').map(Number),
    rounds: values.rounds === undefined ? undefined : Number(values.rounds),
    profileDir: values.profile,
    only: values.only,
  });
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  if (values.strict && checks(rows).some(({ found, atMost }) => !(found <= atMost))) process.exitCode = 1;
}

await orExit(main());
