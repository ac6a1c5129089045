import { batchesOf } from '../contender.js';
import type { Trial } from '../trial.js';

/** Batch size of a processor at 25,000 fixes a second, after its longest pause of 15 ms. */
const BATCH = 400;

/** One batch at a time, alternately through the processor and as a pipeline of one GEOADD per fix. */
export const moves: Trial = {
  name: 'moves',
  // At 25,000 moves a second each driver sends every four seconds, as in reality: the index updates last-seen times
  // rarely.
  drivers: 100_000,
  figures: [
    {
      question: 'moves by one processor, 10 in 1,000 to another region, per s',
      boundOn: 'ratio',
      bound: { atLeast: 0.6 },
      aim: 1,
    },
    {
      question: 'CPU of Redis per 1,000 moves, ms',
      boundOn: 'ratio',
      bound: { atMost: 2.6 },
      aim: 1.8,
    },
  ],
  prepare: (city, effort) => {
    const batches = [...batchesOf(city.moves(effort.batches * BATCH), BATCH)];
    return async (contender) => {
      const cpuBefore = await contender.redisCpuMs();
      const startedAt = performance.now();
      for (const batch of batches) await contender.move(batch);
      await contender.settle();
      const elapsedMs = performance.now() - startedAt;
      const cpuMs = (await contender.redisCpuMs()) - cpuBefore;
      const thousands = (batches.length * BATCH) / 1_000;
      return [(thousands * 1_000_000) / elapsedMs, cpuMs / thousands];
    };
  },
};
