import { setTimeout as sleep } from 'node:timers/promises';
import { pick, type Random } from '#city';
import type { System } from '../fixtures/system.js';
import type { Load } from './drivers.js';

const STILL_MS = 3_000;
const AWAY_MS = 2_000;
const JOINED_MS = 10_000;
/** One in this many drivers loses its connection. */
const CUT_EVERY = 10;

type Fault = { name: string; inflict(system: System, load: Load, random: Random): Promise<void> };

const standStill = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGSTOP');
  await sleep(STILL_MS);
  process.kill(pid, 'SIGCONT');
};

let joined = 0;

/** Faults after which every process that is measured still runs, so that its memory can be compared. */
const FAULTS: readonly Fault[] = [
  {
    name: 'a gateway stands still for 3 s',
    inflict: ({ gateways }, _, random) => standStill(pick(random, gateways).pid),
  },
  {
    name: 'a processor stands still for 3 s',
    inflict: ({ processors }, _, random) => standStill(pick(random, processors.slice(0, 2)).process.pid!),
  },
  {
    name: 'Redis is killed and started again after 2 s',
    inflict: async ({ redis }) => {
      await redis.kill();
      await sleep(AWAY_MS);
      await redis.restart();
    },
  },
  {
    name: 'a third processor joins and is killed',
    inflict: async (system) => {
      joined += 1;
      const { process: child } = await system.startProcessor(`joined-${joined}`);
      await sleep(JOINED_MS);
      child.kill('SIGKILL');
    },
  },
  {
    name: 'one driver in ten loses its connection',
    inflict: async (_, { drivers }, random) => {
      const offset = Math.floor(random() * CUT_EVERY);
      for (const [i, { connection }] of drivers.entries())
        if (i % CUT_EVERY === offset) connection.client?.cut();
    },
  },
];

export const FAULT_COUNT = FAULTS.length;

/** Returns the fault of a minute: each in turn, in an order that the seed decides. */
export function faultsOf(random: Random): (minute: number) => Fault {
  const order = FAULTS.map((fault) => ({ fault, rank: random() })).sort((a, b) => a.rank - b.rank);
  return (minute) => order[minute % order.length]!.fault;
}
