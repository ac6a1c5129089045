import type { Abortable } from './event-promise.js';

/** Options of an iterator over what comes by itself. */
export type IterateOptions = Abortable & {
  /** values that wait for whoever does not keep up; with more, the oldest are dropped; 1,000 by default */
  limit?: number;
};

type Taker<T> = { resolve(result: IteratorResult<T>): void; reject(error: unknown): void };

/**
 * Turns what comes by itself into an async iterator. It listens from now on, not only from the first step, and until it
 * is left, fails, or the signal aborts: then it throws the signal's reason.
 * @param start gets the two ends, and returns what stops it again
 */
export function iterate<T>(
  start: (push: (value: T) => void, fail: (error: unknown) => void) => () => void,
  { signal, limit = 1_000 }: IterateOptions = {},
): AsyncIterableIterator<T> {
  const values: T[] = [];
  const takers: Array<Taker<T>> = [];
  let end: 'none' | 'done' | { error: unknown } = 'none';

  const push = (value: T) => {
    if (end !== 'none') return;
    const taker = takers.shift();
    if (taker !== undefined) taker.resolve({ done: false, value });
    else if (values.push(value) > limit) values.shift();
  };
  const finish = (how: 'done' | { error: unknown }) => {
    if (end !== 'none') return;
    end = how;
    signal?.removeEventListener('abort', abort);
    stop();
    for (const taker of takers.splice(0)) settle(taker);
  };
  const settle = ({ resolve, reject }: Taker<T>) => {
    if (typeof end === 'string') return resolve({ done: true, value: undefined });
    const { error } = end;
    end = 'done';
    reject(error);
  };
  const abort = () => {
    values.length = 0;
    finish({ error: signal!.reason });
  };

  let stop = () => {};
  if (signal?.aborted) abort();
  else {
    signal?.addEventListener('abort', abort, { once: true });
    stop = start(push, (error) => finish({ error }));
    // It may have failed before there was anything to stop.
    if (end !== 'none') stop();
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () =>
      new Promise((resolve, reject) => {
        if (values.length > 0) resolve({ done: false, value: values.shift()! });
        else if (end !== 'none') settle({ resolve, reject });
        else takers.push({ resolve, reject });
      }),
    return: () => {
      values.length = 0;
      finish('done');
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}
