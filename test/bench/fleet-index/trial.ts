import type { City } from './city.js';
import type { Contender } from './contender.js';

/** One comparison, in a file of its own under trials; list it in trials.ts. */
export type Trial = {
  /** for --only */
  name: string;
  drivers: number;
  /** measured figures, in the order of the results */
  figures: Figure[];
  /**
   * Prepares the work of one round, which is the same for each contender.
   * @returns runs it, and gives the figures of this contender
   */
  prepare(city: City, effort: Effort): (contender: Contender) => Promise<number[]>;
};

export type Figure = {
  question: string;
  /** value compared with the bound: Hexfleet's own figure, or its ratio to that of the flat set */
  judged: 'figure' | 'ratio';
  bound: { atLeast: number } | { atMost: number };
  aim: number;
};

/** Amount of work in a round. */
export type Effort = {
  /** different questions; they are asked again and again until the time is over */
  questions: number;
  askForMs: number;
  batches: number;
};
