import { readFile } from 'node:fs/promises';
import { inRoot } from '#scripts/root';
import { startHexfleet } from '../contenders/hexfleet.js';
import { bytesOfDriver } from '../memory.js';
import { measureOne } from '../pipeline.js';
import type { Check } from '../report.js';
import { fixCost } from './fix-cost.js';

/** Sizes of an installation, as planned or as measured. */
export type Needs = {
  /** CPU of gateways for fixes, ms a second */
  gatewayMs: number;
  /** CPU of processors and Redis, ms a second */
  storeMs: number;
  /** memory of the index in Redis, without tracks, MB */
  indexMb: number;
};
export type PlannedLoad = { drivers: number; fixesPerS: number };

/** Share by which a plan may differ from what a run needed. */
const TOLERANCE = 0.25;
/** Sockets of drivers at one gateway; its cost of a fix depends on the rate, not on their number. */
const DRIVERS_AT_GATEWAY = 2_000;
const WARMUP_S = 4;

export const planned = async ({ drivers, fixesPerS }: PlannedLoad): Promise<Needs> => {
  const { planFor } = (await import(`${inRoot('scripts', 'plan', 'model.mjs')}`)) as { planFor: PlanFor };
  const constants = JSON.parse(await readFile(inRoot('scripts', 'plan', 'constants.json'), 'utf8'));
  const load = { intervalS: drivers / fixesPerS, onTrip: 0, looking: 0, trackHours: 1, spanKm: 1 };
  const users = { drivers, riders: 0, dispatchers: 0, largestRegion: drivers };
  const { cores, fixCores, indexMemory } = planFor({ ...load, ...users }, constants);
  return {
    gatewayMs: fixCores * 1_000,
    storeMs: (cores.processors + cores.redis) * 1_000,
    indexMb: indexMemory / 1e6,
  };
};

type PlanFor = (
  load: object,
  constants: object,
) => { cores: { processors: number; redis: number }; fixCores: number; indexMemory: number };

/** Runs a load: at a gateway, and straight into the stream, so that the driver of the load does not limit it. */
export async function measured(load: PlannedLoad, measureMs: number): Promise<Needs> {
  const { drivers, fixesPerS } = load;
  const { processorUs, redisUs } = await fixCost({ ...load, processors: 1, masters: 1, measureMs });
  const atGateway = await measureOne(await startHexfleet(), {
    ...{ rate: fixesPerS, warmupFixes: WARMUP_S * fixesPerS, measureMs },
    ...{ drivers: Math.min(drivers, DRIVERS_AT_GATEWAY), riders: 0 },
  });
  return {
    gatewayMs: (atGateway.cpuPer1000['driver node']! * fixesPerS) / 1_000,
    storeMs: ((processorUs + redisUs) * fixesPerS) / 1_000,
    indexMb: ((await bytesOfDriver(drivers)) * drivers) / 1e6,
  };
}

const NAMES: Record<keyof Needs, string> = {
  gatewayMs: 'CPU of gateways',
  storeMs: 'CPU of processors and Redis',
  indexMb: 'memory of the index',
};

/** Compares each need of a plan with that of a run. @param size of both, for the texts */
export const comparePlan = (size: string, plan: Needs, run: Needs): Check[] =>
  (Object.keys(NAMES) as Array<keyof Needs>).flatMap((need) => {
    const what = `${NAMES[need]}, planned : measured, ${size}`;
    const found = plan[need] / run[need];
    return [
      { what, found, atLeast: 1 - TOLERANCE },
      { what, found, atMost: 1 + TOLERANCE },
    ];
  });
