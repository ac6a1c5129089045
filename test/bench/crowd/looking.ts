import { setTimeout as sleep } from 'node:timers/promises';
import { between, seeded } from '#city';
import { destination } from '#geo';
import { RIDER_INTERVAL_MS } from '#protocol';
import { CirclingCar } from '../../fixtures/circling-car.js';
import { mapConcurrently } from '../../fixtures/map-concurrently.js';
import { type System, startSystem } from '../../fixtures/system.js';
import { type Check, markdown, median, round } from '../report.js';
import { ENGINE_IO, PLACE } from './contenders.js';
import type { CrowdPlan } from './crowd-client.js';
import { cpuOf, Generators } from './generators.js';

/** Riders of one place who all begin to look at the cars around it at once. */
export type LookRow = {
  riders: number;
  /** time until the last rider has the cars around it: median and maximum, ms */
  answerMs: number;
  worstAnswerMs: number;
  /** time until the last rider has its first frame: median and maximum, ms */
  frameMs: number;
  worstFrameMs: number;
  /** share of the riders that received both */
  receivedShare: number;
  /** CPU of the service per rider, µs */
  riderUs: number;
};

export type Looking = { riders: number; rounds: number; cars: number; idleMs: number };

const TICK_MS = 1_000;
const SPREAD_M = 1_500;
const RADIUS_M = 1_500;
const LOOK = `42/rider,1["nearby:watch",${JSON.stringify({ ...PLACE, radiusM: RADIUS_M })}]`;
const LOOK_AWAY = '42/rider,2["nearby:unwatch"]';
const MARKS = ['43/rider,1[{"ok":true', '42/rider,["cars"'];

/** Measures the end of a match: connected riders of one place begin to look at cars at the same moment. */
export async function measureLooking({ riders, rounds, cars, idleMs }: Looking): Promise<LookRow> {
  const system = await startSystem({ env: { HEXFLEET_TICK_MS: String(TICK_MS) } });
  const started: CirclingCar[] = [];
  try {
    const random = seeded(1);
    await mapConcurrently(Array.from({ length: cars }), 25, async (_, i) => {
      const home = destination(PLACE, between(random, 0, 360), SPREAD_M * Math.sqrt(random()));
      started.push(await CirclingCar.start(system, `car-${i}`, home, random));
    });
    const generators = await Generators.connect(await planOf(system, riders));
    try {
      return { riders, ...(await measureRounds(system, generators, { riders, rounds, idleMs })) };
    } finally {
      generators.end();
    }
  } finally {
    for (const car of started) car.stop();
    await system.stop();
  }
}

async function measureRounds(
  system: System,
  generators: Generators,
  { riders, rounds, idleMs }: Omit<Looking, 'cars'>,
): Promise<Omit<LookRow, 'riders'>> {
  const pids = [
    ...system.gateways.map(({ pid }) => pid),
    ...system.processors.map(({ process }) => process.pid!),
    system.redis.pid(),
  ];
  const look = async () => {
    const result = await generators.round(() => generators.send(LOOK));
    await generators.send(LOOK_AWAY);
    return result;
  };
  // The first one compiles the code.
  await look();
  await sleep(RIDER_INTERVAL_MS);
  const idleFrom = cpuOf(pids);
  await sleep(idleMs);
  const idlePerMs = (cpuOf(pids) - idleFrom) / idleMs;
  const answers: number[] = [];
  const frames: number[] = [];
  let [received, usedMs] = [0, 0];
  for (let n = 0; n < rounds; n += 1) {
    const [from, cpuFrom] = [performance.now(), cpuOf(pids)];
    const [answer, frame] = await look();
    usedMs += cpuOf(pids) - cpuFrom - idlePerMs * (performance.now() - from);
    answers.push(answer!.ms);
    frames.push(frame!.ms);
    received += answer!.received + frame!.received;
    await sleep(RIDER_INTERVAL_MS);
  }
  return {
    answerMs: median(answers),
    worstAnswerMs: Math.max(...answers),
    frameMs: median(frames),
    worstFrameMs: Math.max(...frames),
    receivedShare: received / (2 * rounds * riders),
    riderUs: (usedMs * 1_000) / (rounds * riders),
  };
}

/** Riders who are connected and look at nothing yet. */
async function planOf(system: System, riders: number): Promise<CrowdPlan> {
  const dialogues = await mapConcurrently(Array.from({ length: riders }), 100, async (_, i) => {
    const token = await system.token('rider', `looking-${i}`);
    return [{ after: '0{', send: `40/rider,${JSON.stringify({ token })}` }];
  });
  const urls = system.gateways.map(({ url }) => url);
  return { urls, path: ENGINE_IO, dialogues, ready: '"hello"', marks: MARKS };
}

export function tableOfLooking(rows: LookRow[]): string {
  const head = [
    'riders',
    'last answer, ms: median / worst',
    'last first frame, ms: median / worst',
    'CPU per rider, µs',
    'received',
  ];
  const lines = rows.map((row) => [
    row.riders.toLocaleString('en'),
    `${round(row.answerMs)} / ${round(row.worstAnswerMs)}`,
    `${round(row.frameMs)} / ${round(row.worstFrameMs)}`,
    round(row.riderUs),
    `${(row.receivedShare * 100).toFixed(1)} %`,
  ]);
  return markdown(head, lines);
}

/** A first frame is due within two intervals of the answer: cars stay in place for one, and views take turns in the other. */
export const checksOfLooking = (rows: LookRow[]): Check[] => [
  {
    what: 'share of riders that received an answer and a frame',
    found: Math.min(...rows.map(({ receivedShare }) => receivedShare)),
    atLeast: 1,
  },
  ...rows
    .filter(({ riders }) => riders === 8_000)
    .map(({ answerMs, frameMs }) => ({
      what: 'ms from the last answer until the last of 8,000 riders has its first frame',
      found: frameMs - answerMs,
      atMost: 2 * RIDER_INTERVAL_MS + TICK_MS,
    })),
];
