import { keys } from '../keys.js';
import { script } from './script.js';

export type Progress = {
  /** number of entries that no processor has acknowledged */
  backlog: number;
  /** age of the oldest of them by the clock of Redis, ms; 0 if there are none */
  oldestMs: number;
  /** every entry before this one is acknowledged */
  finishedBefore: string | null;
  /** processor that holds the lease on the partition */
  reader: string | null;
};

type MeasurePartition = { partition: number; group: string; maxCounted: number };

/** Measures the progress of a consumer group in one partition of the fix stream. */
export const measurePartition = script('measure-partition-2', {
  keys: ({ partition }: MeasurePartition) => [keys.fixes(partition), keys.reader(partition)] as const,
  args: ({ group, maxCounted }) => [group, maxCounted],
  result: ([backlog, oldestMs, finishedBefore, reader]: [number, number, string, string]): Progress => ({
    backlog,
    oldestMs,
    finishedBefore: finishedBefore === '' ? null : finishedBefore,
    reader: reader === '' ? null : reader,
  }),
});
