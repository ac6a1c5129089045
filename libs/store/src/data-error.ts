import { ReplyError } from 'ioredis';

/** Data of a driver, stored or received, that cannot be processed. */
export class DataError extends Error {}

/** Replies about a key or a script. LOADING, TRYAGAIN, READONLY, OOM and the like are temporary. */
const OF_DATA = /^(WRONGTYPE|ERR) /;

/** Errors that our own code, or what it calls, throws for invalid data. */
const OWN = [DataError, TypeError, RangeError, SyntaxError];

/**
 * Whether an error is caused by data, so that a retry would fail again. Every other error is treated as one of the
 * connection or of the state of Redis, which a retry can overcome.
 */
export function isOfData(error: unknown): boolean {
  if (error instanceof ReplyError) return OF_DATA.test((error as Error).message);
  if (OWN.some((kind) => error instanceof kind)) return true;
  // Errors of h3-js have a number as code, system errors a string.
  return typeof (error as { code?: unknown } | null)?.code === 'number';
}

/** For `catch`: returns `answer` for an error caused by data, and rethrows any other. */
export const ifOfData =
  <T>(answer: T) =>
  (error: unknown): T => {
    if (isOfData(error)) return answer;
    throw error;
  };
