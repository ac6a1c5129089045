import type { City } from './city.js';
import type { Contender } from './contender.js';

/** One comparison, in a file of its own under trials; list it in trials.ts. */
export type Trial = {
  /** for --only */
  name: string;
  drivers: number;
  /** the figures that a run measures, in this order */
  figures: Figure[];
  /**
   * Prepares the work of one round, which is the same for each contender.
   * @returns a function that runs it and returns the figures of one contender
   */
  prepare(city: City, effort: Effort): (contender: Contender) => Promise<number[]>;
};

export type Figure = {
  question: string;
  /** value compared with the bound: Hexfleet's figure, or its ratio to that of the flat set */
  boundOn: 'figure' | 'ratio';
  bound: { atLeast: number } | { atMost: number };
  aim: number;
};

/** Amount of work in a round. */
export type Effort = {
  /** number of distinct queries, repeated until the time is over */
  questions: number;
  queryForMs: number;
  batches: number;
};
