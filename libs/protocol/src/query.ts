import { z } from 'zod';
import type { Code } from './codes.js';

/**
 * Decimal number: no blanks, plus sign, hexadecimal digits, NaN or Infinity. A negative exponent is how JavaScript writes
 * numbers below a millionth, such as a longitude beside the prime meridian; no other exponent is accepted.
 */
const DECIMAL = /^-?\d+(\.\d+)?(e-\d+)?$/;

/** Number in a query, given once as a plain decimal. Anything else is refused, because `Number('')` is 0. */
export const queryNumber = <T extends z.ZodType<number, number>>(code: Code, schema: T) =>
  z.string({ error: code }).regex(DECIMAL, { error: code }).transform(Number).pipe(schema);

/** Parses a list of numbers, such as a `bbox`; whatever is not a plain decimal becomes NaN, which no schema accepts. */
export const numbersOf = (text: string): number[] =>
  text.split(',').map((part) => (DECIMAL.test(part) ? Number(part) : Number.NaN));
