import { ReplyError } from 'ioredis';

/** What is stored or told of a driver cannot be handled. */
export class DataError extends Error {}

/** Of replies, those that speak of a key or of a script; LOADING, TRYAGAIN, READONLY, OOM and the like pass with time. */
const OF_DATA = /^(WRONGTYPE|ERR) /;

/** As this code, or what it calls, finds data amiss. */
const OWN = [DataError, TypeError, RangeError, SyntaxError];

/**
 * Whether an error comes of data, and would come again however often it is tried. Whatever is not surely so is taken for
 * one of the connection or of the state of Redis.
 */
export function isOfData(error: unknown): boolean {
  if (error instanceof ReplyError) return OF_DATA.test((error as Error).message);
  if (OWN.some((kind) => error instanceof kind)) return true;
  // As h3-js throws them; a system error's code is a text.
  return typeof (error as { code?: unknown } | null)?.code === 'number';
}

/** For `catch`: takes an error of data for an answer. */
export const ifOfData =
  <T>(answer: T) =>
  (error: unknown): T => {
    if (isOfData(error)) return answer;
    throw error;
  };
