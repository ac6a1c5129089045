import type { ParseArgsConfig } from 'node:util';
import type { Check } from './report.js';

/** One benchmark: a file of its own, listed in main.ts. */
export type Bench = {
  /** options besides --quick, --strict and --json */
  options: NonNullable<ParseArgsConfig['options']>;
  /** the same for the usage text, such as `[--rounds N]` */
  usage: string;
  run(flags: Flags): Promise<Result>;
};

export type Flags = { quick: boolean; [option: string]: string | boolean | undefined };

export type Result = {
  /** for --json */
  rows: object[];
  /** as Markdown */
  table: string;
  checks: Check[];
};

/** Parses a numeric flag; undefined when not given. @throws {Error} unless it is a positive number */
export function numberOf(flags: Flags, option: string): number | undefined {
  const value = flags[option];
  if (value === undefined) return undefined;
  if (!(Number(value) > 0)) throw new Error(`--${option} is a number above 0`);
  return Number(value);
}

export const textOf = (flags: Flags, option: string): string | undefined =>
  flags[option] as string | undefined;
