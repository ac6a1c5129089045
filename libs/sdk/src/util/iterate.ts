import type { Abortable } from './event-promise.js';

/** Options of an iterator over pushed values. */
export type IterateOptions = Abortable & {
  /** maximum number of values that wait for a slow consumer; then the oldest are dropped; 1,000 by default */
  limit?: number;
};

type Consumer<T> = { resolve(result: IteratorResult<T>): void; reject(error: unknown): void };

/**
 * Turns pushed values into an async iterator. It listens from the call on, not only from the first step, until its loop
 * ends, the source fails, or the signal aborts; an abort throws the signal's reason.
 * @param start gets `push` and `fail`, and returns a function that stops the source
 */
export function iterate<T>(
  start: (push: (value: T) => void, fail: (error: unknown) => void) => () => void,
  { signal, limit = 1_000 }: IterateOptions = {},
): AsyncIterableIterator<T> {
  const values: T[] = [];
  const consumers: Array<Consumer<T>> = [];
  let end: 'none' | 'done' | { error: unknown } = 'none';

  const push = (value: T) => {
    if (end !== 'none') return;
    const consumer = consumers.shift();
    if (consumer !== undefined) consumer.resolve({ done: false, value });
    else if (values.push(value) > limit) values.shift();
  };
  const finish = (how: 'done' | { error: unknown }) => {
    if (end !== 'none') return;
    end = how;
    signal?.removeEventListener('abort', abort);
    stop();
    for (const consumer of consumers.splice(0)) settle(consumer);
  };
  const settle = ({ resolve, reject }: Consumer<T>) => {
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
    // `start` may fail before it returns.
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
        else consumers.push({ resolve, reject });
      }),
    return: () => {
      values.length = 0;
      finish('done');
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}
