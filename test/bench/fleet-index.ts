import { type Bench, numberOf, textOf } from './bench.js';
import { countDiffering } from './fleet-index/agreement.js';
import { City } from './fleet-index/city.js';
import { startFlatGeoSet } from './fleet-index/flat-geo-set.js';
import { startHexfleet } from './fleet-index/hexfleet.js';
import { agreementCheck, figureChecks, type Row, table } from './fleet-index/rows.js';
import type { Effort, Trial } from './fleet-index/trial.js';
import { TRIALS } from './fleet-index/trials.js';
import { median, spread } from './report.js';

type Plan = Effort & { maxDrivers: number; rounds: number };

const SEED = 7;
const FULL: Plan = {
  maxDrivers: Number.POSITIVE_INFINITY,
  rounds: 5,
  questions: 400,
  queryForMs: 2_000,
  batches: 500,
};
const QUICK: Plan = { maxDrivers: 2_000, rounds: 1, questions: 50, queryForMs: 100, batches: 20 };

/** Compares the fleet index with one flat geo set of the same drivers. */
export const fleetIndex: Bench = {
  options: { rounds: { type: 'string' }, only: { type: 'string' } },
  usage: `[--rounds N] [--only ${TRIALS.map(({ name }) => name).join('|')}]`,
  async run(flags) {
    const only = textOf(flags, 'only');
    const trials = TRIALS.filter(({ name }) => only === undefined || name === only);
    if (trials.length === 0) throw new Error(`--only is one of ${TRIALS.map(({ name }) => name).join(', ')}`);
    const plan = flags.quick ? QUICK : FULL;
    const rows: Row[] = [];
    for (const trial of trials)
      rows.push(...(await compare(trial, { ...plan, rounds: numberOf(flags, 'rounds') ?? plan.rounds })));
    // Results for a small city do not transfer to a large one.
    const checks = [...(flags.quick ? [] : figureChecks(rows)), agreementCheck(rows)];
    return { rows, table: table(rows), checks };
  },
};

/** Alternates both contenders round by round, after one warm-up round. */
async function compare(trial: Trial, plan: Plan): Promise<Row[]> {
  const drivers = Math.min(trial.drivers, plan.maxDrivers);
  const city = new City(SEED, drivers);
  const hexfleet = await startHexfleet();
  const flat = await startFlatGeoSet();
  try {
    process.stderr.write(`${trial.name}: ${drivers} drivers enter\n`);
    for (const contender of [hexfleet, flat]) await contender.load(city.now());
    const measured: Array<{ hexfleet: number[]; flat: number[] }> = [];
    for (let round = 0; round <= plan.rounds; round += 1) {
      process.stderr.write(
        `${trial.name}: ${round === 0 ? 'warm-up' : `round ${round} of ${plan.rounds}`}\n`,
      );
      const run = trial.prepare(city, plan);
      const figures = { hexfleet: await run(hexfleet), flat: await run(flat) };
      if (round > 0) measured.push(figures);
    }
    const points = [...city.questions(plan.questions), ...city.placesAtBorder(plan.questions / 10)];
    const differing = await countDiffering(hexfleet, flat, points);
    return trial.figures.map((figure, i) => {
      const ours = measured.map((figures) => figures.hexfleet[i]!);
      const theirs = measured.map((figures) => figures.flat[i]!);
      return {
        ...figure,
        trial: trial.name,
        drivers,
        hexfleet: median(ours),
        hexfleetSpread: spread(ours),
        flat: median(theirs),
        flatSpread: spread(theirs),
        ratio: median(ours) / median(theirs),
        differing,
        compared: points.length,
      };
    });
  } finally {
    await hexfleet.stop();
    await flat.stop();
  }
}
