/** What every method takes that can last: a signal that ends the waiting. */
export type Abortable = {
  /** when it aborts, the method rejects with its reason and leaves nothing behind */
  signal?: AbortSignal | undefined;
};

/**
 * A promise that events settle. `start` gets the two ends of it, and returns what takes its listeners and timers away
 * again, however it ends. When the signal aborts, it rejects with the signal's reason.
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
    // It may have been settled before there was anything to stop.
    if (isSettled) stop();
  });
}

/** As the promise does, or rejects as soon as the signal aborts. */
export const unlessAborted = <T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> =>
  signal === undefined
    ? promise
    : eventPromise((resolve, reject) => {
        promise.then(resolve, reject);
        return () => {};
      }, signal);
