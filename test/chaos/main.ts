import { parseArgs } from 'node:util';
import { orExit } from '#ops/process';
import { runScenario, type Verdict } from './scenario.js';
import { BRIEF, FULL_S, SCENARIOS, SHORT_S } from './scenarios.js';

const USAGE = `Usage: npm run chaos -- [scenario ...] [--seed N] [--seconds N] [--short] [--brief]
N seconds are at least ${SHORT_S}, by default ${FULL_S}; --short means ${SHORT_S}.
--brief runs ${BRIEF.length} scenarios of ${SHORT_S} s, in about five minutes: ${BRIEF.map(({ name }) => name).join(', ')}.

${SCENARIOS.map(({ name, description }) => `  ${name.padEnd(28)}${description}`).join('\n')}`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      seconds: { type: 'string' },
      short: { type: 'boolean', default: false },
      brief: { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed);
  const seconds = Number(values.seconds ?? (values.short || values.brief ? SHORT_S : FULL_S));
  const all = values.brief ? BRIEF : SCENARIOS;
  const chosen = all.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const unknown = positionals.some((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown || !Number.isInteger(seed) || !(seconds >= SHORT_S)) throw new Error(USAGE);

  const print = (line: string) => process.stdout.write(`${line}\n`);
  const results: Array<[name: string, verdicts: Verdict[]]> = [];
  for (const scenario of chosen)
    results.push([scenario.name, await runScenario(scenario, { seed, seconds, print })]);
  print('\n== summary');
  for (const [name, verdicts] of results) print(`${name.padEnd(28)}${countsOf(verdicts)}`);
  const verdicts = results.flatMap(([, own]) => own);
  print(`seed ${seed}: ${countsOf(verdicts)}`);
  process.exitCode = verdicts.every(({ holds }) => holds) ? 0 : 1;
}

function countsOf(verdicts: Verdict[]): string {
  const held = verdicts.filter(({ holds }) => holds).length;
  return `${held} held, ${verdicts.length - held} broken`;
}

await orExit(main());
