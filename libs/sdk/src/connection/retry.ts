import { type Abortable, sleep } from '../util/event-promise.js';
import { isFinal, unavailable } from './errors.js';
import { type BackoffOptions, backoffMs } from './reconnect-policy.js';

/** Limits of the retries. */
export type RetryOptions = Abortable & {
  /** for all attempts together, ms; 30,000 by default */
  timeoutMs?: number;
};

/** Timeout of one attempt: a connection that died silently reports no error. */
const MAX_ATTEMPT_MS = 10_000;

/**
 * Retries until the work succeeds, is refused for good, or the time is up; then it throws the last error. The pauses are
 * those of {@link backoffMs}.
 * @param work one attempt; its signal aborts when the attempt takes too long or the caller's signal aborts
 */
export async function retry<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { signal, timeoutMs = 30_000 }: RetryOptions,
  backoff?: BackoffOptions,
): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await withTimeout(work, Math.min(MAX_ATTEMPT_MS, until - performance.now()), signal);
    } catch (error) {
      const pauseMs = backoffMs(attempt, Math.random(), backoff);
      if (signal?.aborted || isFinal(error) || performance.now() + pauseMs >= until) throw error;
      await sleep(pauseMs, signal);
    }
  }
}

/** Runs one attempt with a timeout in ms. @throws {HexfleetError} UNAVAILABLE when the time is up */
export async function withTimeout<T>(
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
