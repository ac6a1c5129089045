import { ask, connectStock, type StockClient } from '../fixtures/clients.js';
import { type System, startSystem } from '../fixtures/system.js';
import { type Aggression, type Counts, startAggressor } from './aggressor.js';
import { type Flags, numberOf } from './bench.js';
import { median } from './report.js';

const ROUNDS = 5;
const PHASE_MS = 8_000;
const PAUSE_MS = 20;
const HERE = { lat: 40.75, lng: -73.99 };

/** Latencies of acks in one phase, ms. */
type Phase = { p50: number; p95: number };
/** Medians over the rounds of both kinds of phases. */
export type Comparison = { quiet: Phase; loaded: Phase; counts: Counts };

/** One gateway, and drivers whose acks are measured while something else keeps it busy. */
export type OthersBench = {
  system: System;
  url: string;
  rounds: number;
  compare(aggression: Aggression): Promise<Comparison>;
};

/** Runs a benchmark with some drivers on a system of its own, after a short warm-up. */
export async function withOthers<Result>(
  drivers: number,
  flags: Flags,
  work: (bench: OthersBench) => Promise<Result>,
): Promise<Result> {
  const rounds = numberOf(flags, 'rounds') ?? (flags.quick ? 2 : ROUNDS);
  const phaseMs = flags.quick ? PHASE_MS / 2 : PHASE_MS;
  const system = await startSystem({ gateways: 1 });
  try {
    const { url } = system.gateways[0]!;
    const connect = async (i: number) =>
      connectStock(url, '/driver', await system.token('driver', `other-${i}`));
    const others = await Promise.all(Array.from({ length: drivers }, (_, i) => connect(i)));
    await measure(others, phaseMs / 2);
    const compareOthers = (aggression: Aggression) => compare(others, aggression, rounds, phaseMs);
    const result = await work({ system, url, rounds, compare: compareOthers });
    for (const { socket } of others) socket.disconnect();
    return result;
  } finally {
    await system.stop();
  }
}

/** Measures the acks of some drivers while an aggressor acts and while it does not, in phases that alternate. */
async function compare(
  others: StockClient[],
  aggression: Aggression,
  rounds: number,
  phaseMs: number,
): Promise<Comparison> {
  const quiet: Phase[] = [];
  const loaded: Phase[] = [];
  const counts: Counts = { complete: 0, refused: 0 };
  for (let round = 0; round < rounds; round += 1) {
    quiet.push(await measure(others, phaseMs));
    const aggressor = await startAggressor(aggression);
    loaded.push(await measure(others, phaseMs));
    const { complete, refused } = await aggressor.stop();
    counts.complete += complete;
    counts.refused += refused;
  }
  return { quiet: medianOf(quiet), loaded: medianOf(loaded), counts };
}

/** Each driver sends one fix after another. */
async function measure(others: StockClient[], phaseMs: number): Promise<Phase> {
  const times: number[] = [];
  const end = performance.now() + phaseMs;
  const drive = async (driver: StockClient) => {
    while (performance.now() < end) {
      const sent = performance.now();
      await ask(driver, 'fixes', [{ t: Date.now(), ...HERE }]);
      times.push(performance.now() - sent);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  await Promise.all(others.map(drive));
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
  return { p50: at(0.5), p95: at(0.95) };
}

const medianOf = (phases: Phase[]): Phase => ({
  p50: median(phases.map(({ p50 }) => p50)),
  p95: median(phases.map(({ p95 }) => p95)),
});
