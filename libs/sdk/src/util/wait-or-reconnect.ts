import type { Connection } from '../connection/connection.js';
import { eventPromise } from './event-promise.js';

/** Waits so many ms, or until the connection changes: what failed on this one may succeed on the next. */
export const waitOrReconnect = (connection: Pick<Connection, 'onState'>, ms: number): Promise<void> =>
  eventPromise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const off = connection.onState(() => resolve());
    return () => {
      clearTimeout(timer);
      off();
    };
  });
