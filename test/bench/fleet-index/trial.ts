import type { City } from './city.js';
import type { Contender } from './contender.js';

/** One comparison, in a file of its own under trials; list it in trials.ts. */
export type Trial = {
  /** for --only */
  name: string;
  drivers: number;
  /** what a run measures, in this order */
  figures: Figure[];
  /**
   * Prepares the work of one round, which is the same for each contender.
   * @returns runs it, and gives the figures of this contender
   */
  prepare(city: City, effort: Effort): (contender: Contender) => Promise<number[]>;
};

export type Figure = {
  question: string;
  /** what is held against the bound: Hexfleet's own figure, or how many times the flat set's it is */
  judged: 'figure' | 'ratio';
  bound: { atLeast: number } | { atMost: number };
  aim: number;
};

/** How much a round does. */
export type Effort = {
  /** different questions; they are asked again and again until the time is over */
  questions: number;
  askForMs: number;
  batches: number;
};
