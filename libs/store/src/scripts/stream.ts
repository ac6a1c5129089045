import { keys } from '../keys.js';
import { script, succeeded } from './script.js';

export type Progress = {
  /** number of entries that are not finished */
  backlog: number;
  /** age of the oldest of them by the clock of Redis, ms; 0 if there are none */
  oldestMs: number;
  /** the entry up to which all are finished */
  finishedTo: string;
  /** processor that holds the lease on the partition */
  reader: string | null;
};

type OfPartition = { partition: number };
type OfHolder = OfPartition & { holder: string; ttlMs: number };

/** Finished entries that a measurement reads at once; there are hardly any. */
const READ_AT_ONCE = 100;

/** Measures the progress of the processors in one partition of the fix stream. */
export const measurePartition = script('measure-partition-3', {
  keys: ({ partition }: OfPartition) =>
    [keys.fixes(partition), keys.reader(partition), keys.cursor(partition)] as const,
  args: () => [READ_AT_ONCE],
  result: ([backlog, oldestMs, finishedTo, holder]: [number, number, string, string]): Progress => ({
    backlog,
    oldestMs,
    finishedTo,
    reader: readerOf(holder),
  }),
});

/** Where to continue in a partition: after `finishedTo`. Entries up to `mayBeReadTo` may have been handled before. */
export type Taken = { finishedTo: string; mayBeReadTo: string };

/** Takes the lease on a partition. Returns null if another holds it. */
export const takePartition = script('take-partition-3', {
  keys: keysOfHolder,
  args: ({ holder, ttlMs }: OfHolder) => [holder, ttlMs],
  result: ([finishedTo, mayBeReadTo]: [string?, string?]): Taken | null =>
    finishedTo === undefined ? null : { finishedTo, mayBeReadTo: mayBeReadTo! },
});

/**
 * Renews the lease on a partition, or ends it if `ttlMs` is 0, and commits the cursor unless `finishedTo` is null. Returns
 * false if the partition must be taken again.
 */
export const keepPartition = script('keep-partition-3', {
  keys: keysOfHolder,
  args: ({ holder, ttlMs, finishedTo }: OfHolder & { finishedTo: string | null }) => [
    holder,
    ttlMs,
    finishedTo ?? '',
  ],
  result: succeeded,
});

function keysOfHolder({ partition }: OfPartition) {
  return [keys.reader(partition), keys.cursor(partition), keys.fixes(partition)] as const;
}

/** Returns the name of a processor in the value of its lease: `<random> <name>`, in earlier versions only the name. */
const readerOf = (holder: string): string | null => (holder === '' ? null : holder.replace(/^\S+ /, ''));
