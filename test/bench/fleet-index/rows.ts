import { type Check, markdown, round } from '../report.js';
import type { Figure } from './trial.js';

/** One row of the result, medians over the rounds. */
export type Row = Figure & {
  trial: string;
  drivers: number;
  hexfleet: number;
  hexfleetSpread: number;
  flat: number;
  flatSpread: number;
  /** Hexfleet's figure as a multiple of the flat set's */
  ratio: number;
  /** queries answered differently after all rounds, out of {@link compared} */
  differing: number;
  compared: number;
};

/** Formats the rows as Markdown. */
export const table = (rows: Row[]): string =>
  markdown(
    [
      'operation',
      'drivers',
      'Hexfleet (spread)',
      'one flat geo set (spread)',
      'Hexfleet : flat',
      'bound',
      'target',
    ],
    rows.map((row) => [
      row.question,
      thousands(row.drivers),
      `${round(row.hexfleet)} (${round(row.hexfleetSpread)})`,
      `${round(row.flat)} (${round(row.flatSpread)})`,
      `${row.ratio.toFixed(2)} ×`,
      'atLeast' in row.bound
        ? `at least ${row.bound.atLeast}${times(row)}`
        : `at most ${row.bound.atMost}${times(row)}`,
      `${row.aim}${times(row)}`,
    ]),
  );

const times = ({ boundOn }: Row): string => (boundOn === 'ratio' ? ' ×' : '');

const thousands = (count: number): string => count.toLocaleString('en');

/** Returns one check per row. */
export const figureChecks = (rows: Row[]): Check[] =>
  rows.map(({ question, drivers, boundOn, ratio, hexfleet, bound }) => ({
    what: `${question}, ${thousands(drivers)} drivers${boundOn === 'ratio' ? ", as a multiple of the flat set's" : ''}`,
    found: boundOn === 'ratio' ? ratio : hexfleet,
    ...bound,
  }));

/** Figures of indexes that answer differently are meaningless. */
export const agreementCheck = (rows: Row[]): Check => ({
  what: `answers that differ by more than 1.5 m after the rounds, of ${rows[0]!.compared}, in the worst row`,
  found: Math.max(...rows.map(({ differing }) => differing)),
  atMost: 0,
});
