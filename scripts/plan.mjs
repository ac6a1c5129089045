// npm run plan -- --drivers N [--interval S] [--riders N] …: computes what an installation of that size needs, from measured costs.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Failure, printError } from './lib/console.mjs';
import { inRoot } from './lib/root.mjs';
import { planFor } from './plan/model.mjs';
import { plotOf, tableOf } from './plan/report.mjs';

/** A city, a country, and the world. */
const SIZES = [50_000, 500_000, 5_000_000];
const PLOTTED = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/** Connected riders for each driver, unless their number is given. */
const RIDERS_PER_DRIVER = 4;
/** Drivers of the largest city that shares one region. */
const LARGEST_REGION = 100_000;

const OPTIONS = {
  drivers: { type: 'string' },
  riders: { type: 'string' },
  interval: { type: 'string', default: '4' },
  'on-trip': { type: 'string', default: '0.4' },
  looking: { type: 'string', default: '0.05' },
  'track-hours': { type: 'string', default: '24' },
  'largest-region': { type: 'string' },
  constants: { type: 'string', default: inRoot('scripts', 'plan', 'constants.json') },
  svg: { type: 'string' },
  json: { type: 'boolean', default: false },
};

function numberIn(values, name) {
  const value = Number(values[name]);
  if (!(value > 0)) throw new Failure(`--${name} is a number above 0`);
  return value;
}

try {
  const { values } = parseArgs({ options: OPTIONS });
  const constants = JSON.parse(readFileSync(values.constants, 'utf8'));
  const load = (drivers) => ({
    drivers,
    riders: values.riders === undefined ? drivers * RIDERS_PER_DRIVER : numberIn(values, 'riders'),
    intervalS: numberIn(values, 'interval'),
    onTrip: numberIn(values, 'on-trip'),
    looking: numberIn(values, 'looking'),
    trackHours: numberIn(values, 'track-hours'),
    largestRegion:
      values['largest-region'] === undefined
        ? Math.min(drivers, LARGEST_REGION)
        : numberIn(values, 'largest-region'),
  });
  const sizes = values.drivers === undefined ? SIZES : [numberIn(values, 'drivers')];
  const plans = sizes.map((drivers) => planFor(load(drivers), constants));
  process.stdout.write(`${values.json ? JSON.stringify(plans, null, 2) : tableOf(plans)}\n`);
  if (values.svg !== undefined)
    writeFileSync(values.svg, plotOf(PLOTTED.map((drivers) => planFor(load(drivers), constants))));
} catch (error) {
  printError(error.message);
  process.exitCode = 1;
}
