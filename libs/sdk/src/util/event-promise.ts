/** Option of every method that may take time: a signal that ends the wait. */
export type Abortable = {
  /** when it aborts, the method rejects with its reason and leaves nothing behind */
  signal?: AbortSignal | undefined;
};

/**
 * Creates a promise that events settle. `start` gets `resolve` and `reject`, and returns a function that removes its
 * listeners and timers, which is called however the promise ends. An abort rejects it with the signal's reason.
 */
export function eventPromise<T>(
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    signal?.throwIfAborted();
    let stop: (() => void) | null = null;
    let isSettled = false;
    const settle = (end: () => void) => {
      if (isSettled) return;
      isSettled = true;
      signal?.removeEventListener('abort', abort);
      stop?.();
      end();
    };
    const abort = () => settle(() => reject(signal!.reason));
    signal?.addEventListener('abort', abort, { once: true });
    stop = start(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
    // `start` may settle the promise before it returns.
    if (isSettled) stop();
  });
}

/** Settles like the promise, or rejects as soon as the signal aborts. */
export const unlessAborted = <T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> =>
  signal === undefined
    ? promise
    : eventPromise((resolve, reject) => {
        promise.then(resolve, reject);
        return () => {};
      }, signal);

/** Waits `ms` milliseconds, or rejects as soon as the signal aborts. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  eventPromise((resolve) => {
    const timer = setTimeout(resolve, ms);
    return () => clearTimeout(timer);
  }, signal);
