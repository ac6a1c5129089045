// npm run plan -- --drivers N [--interval S] [--riders N] …: computes what an installation of that size needs, from measured costs.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Failure, printError } from './lib/console.mjs';
import { inRoot } from './lib/root.mjs';
import { newLimits, planFor } from './plan/model.mjs';
import { plotOf, tableOf } from './plan/report.mjs';

/** A city, a country, and the world: drivers, and the distance between the farthest clients. */
const SIZES = [
  { drivers: 50_000, spanKm: 50 },
  { drivers: 500_000, spanKm: 1_000 },
  { drivers: 5_000_000, spanKm: 20_000 },
];
const PLOTTED = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/** Connected riders for each driver, unless their number is given. */
const RIDERS_PER_DRIVER = 4;
/** Drivers for each dispatcher, unless their number is given. */
const DRIVERS_PER_DISPATCHER = 1_000;
/** Drivers of the largest city that shares one region. */
const LARGEST_REGION = 100_000;

const OPTIONS = {
  drivers: { type: 'string' },
  riders: { type: 'string' },
  dispatchers: { type: 'string' },
  interval: { type: 'string', default: '4' },
  'on-trip': { type: 'string', default: '0.4' },
  looking: { type: 'string', default: '0.05' },
  'track-hours': { type: 'string', default: '24' },
  'largest-region': { type: 'string' },
  'span-km': { type: 'string' },
  constants: { type: 'string', default: inRoot('scripts', 'plan', 'constants.json') },
  svg: { type: 'string' },
  json: { type: 'boolean', default: false },
};

function numberIn(values, name, otherwise) {
  if (values[name] === undefined) return otherwise;
  const value = Number(values[name]);
  if (!(value > 0)) throw new Failure(`--${name} is a number above 0`);
  return value;
}

try {
  const { values } = parseArgs({ options: OPTIONS });
  const constants = JSON.parse(readFileSync(values.constants, 'utf8'));
  const spanOf = (drivers) => (SIZES.find((size) => drivers <= size.drivers) ?? SIZES.at(-1)).spanKm;
  const load = (drivers) => ({
    drivers,
    riders: numberIn(values, 'riders', drivers * RIDERS_PER_DRIVER),
    dispatchers: numberIn(values, 'dispatchers', drivers / DRIVERS_PER_DISPATCHER),
    intervalS: numberIn(values, 'interval'),
    onTrip: numberIn(values, 'on-trip'),
    looking: numberIn(values, 'looking'),
    trackHours: numberIn(values, 'track-hours'),
    largestRegion: Math.min(drivers, numberIn(values, 'largest-region', LARGEST_REGION)),
    spanKm: numberIn(values, 'span-km', spanOf(drivers)),
  });
  const planOf = (drivers) => planFor(load(drivers), constants);
  /** The plan of an installation that has grown through the smaller sizes: their remedies are in place. */
  const grown = (drivers) => {
    const plan = planOf(drivers);
    const smaller = SIZES.findLast((size) => size.drivers < drivers);
    return { ...plan, limits: newLimits(plan, smaller && planOf(smaller.drivers)) };
  };
  const drivers = numberIn(values, 'drivers');
  const sizes = drivers === undefined ? SIZES.map((size) => size.drivers) : [drivers];
  const plans = sizes.map(grown);
  process.stdout.write(`${values.json ? JSON.stringify(plans, null, 2) : tableOf(plans)}\n`);
  if (values.svg !== undefined) writeFileSync(values.svg, plotOf(PLOTTED.map(planOf)));
} catch (error) {
  printError(error.message);
  process.exitCode = 1;
}
