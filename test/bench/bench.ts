import { readFile, writeFile } from 'node:fs/promises';
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
  /** costs for `npm run plan`, by part; see scripts/plan/constants.json */
  constants?: Record<string, Record<string, number>>;
};

/** Writes costs over those of the same name in a file, and leaves the others. */
export async function writeConstants(
  file: string,
  constants: NonNullable<Result['constants']>,
): Promise<void> {
  const known = JSON.parse(await readFile(file, 'utf8')) as NonNullable<Result['constants']>;
  for (const [part, costs] of Object.entries(constants))
    known[part] = {
      ...known[part],
      ...Object.fromEntries(Object.entries(costs).map(([name, value]) => [name, rounded(value)])),
    };
  await writeFile(file, `${JSON.stringify(known, null, 2)}\n`);
}

const rounded = (value: number): number => Number(value.toPrecision(3));

/** Parses a numeric flag; undefined when not given. @throws {Error} unless it is a positive number */
export function numberOf(flags: Flags, option: string): number | undefined {
  const value = flags[option];
  if (value === undefined) return undefined;
  if (!(Number(value) > 0)) throw new Error(`--${option} is a number above 0`);
  return Number(value);
}

export const textOf = (flags: Flags, option: string): string | undefined =>
  flags[option] as string | undefined;
