import { parseArgs } from 'node:util';
import { orExit } from '#ops/process';
import { runScenario, type Verdict } from './scenario.js';
import { FULL_S, SCENARIOS, SHORT_S } from './scenarios.js';

const USAGE = `Usage: npm run chaos -- [scenario ...] [--seed N] [--seconds N] [--short]
N seconds are at least ${SHORT_S}, by default ${FULL_S}; --short means ${SHORT_S}.

${SCENARIOS.map(({ name, description }) => `  ${name.padEnd(28)}${description}`).join('\n')}`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      seconds: { type: 'string' },
      short: { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed);
  const seconds = Number(values.seconds ?? (values.short ? SHORT_S : FULL_S));
  const chosen = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const unknown = positionals.some((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown || !Number.isInteger(seed) || !(seconds >= SHORT_S)) throw new Error(USAGE);

  const print = (line: string) => process.stdout.write(`${line}\n`);
  const verdicts: Verdict[] = [];
  for (const scenario of chosen) verdicts.push(...(await runScenario(scenario, { seed, seconds, print })));
  const broken = verdicts.filter(({ holds }) => !holds).length;
  print(`\nseed ${seed}: ${verdicts.length - broken} held, ${broken} broken`);
  process.exitCode = broken > 0 ? 1 : 0;
}

await orExit(main());
