import { type Abortable, eventPromise } from '../util/event-promise.js';
import { type BackoffOptions, backoffMs } from './backoff.js';
import { isFinal, unavailable } from './errors.js';

/** For how long something is tried again. */
export type RetryOptions = Abortable & {
  /** in all, ms; 30,000 by default */
  timeoutMs?: number;
};

/** One try takes no longer: of a connection that died without a word nobody tells. */
const MAX_TRY_MS = 10_000;

/**
 * Tries until it succeeds, is refused for good, or the time is over: then it throws what failed last. The pauses are
 * those of {@link backoffMs}.
 * @param work one try; its signal aborts when the try takes too long, or when the given one does
 */
export async function retried<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { signal, timeoutMs = 30_000 }: RetryOptions,
  backoff?: BackoffOptions,
): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await limited(work, Math.min(MAX_TRY_MS, until - performance.now()), signal);
    } catch (error) {
      const pauseMs = backoffMs(attempt, Math.random(), backoff);
      if (signal?.aborted || isFinal(error) || performance.now() + pauseMs >= until) throw error;
      await sleep(pauseMs, signal);
    }
  }
}

/** One try that takes no longer than so many ms. @throws {HexfleetError} UNAVAILABLE when it would */
export async function limited<T>(
  work: (signal: AbortSignal) => Promise<T>,
  ms: number,
  signal?: AbortSignal,
): Promise<T> {
  const own = new AbortController();
  const abort = () => own.abort(signal!.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => own.abort(unavailable('No answer came in time')), ms);
  try {
    return await work(own.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** Waits so many ms. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  eventPromise((resolve) => {
    const timer = setTimeout(resolve, ms);
    return () => clearTimeout(timer);
  }, signal);
