import type { Connection } from '../connection/connection.js';
import { settled } from './event-promise.js';

/** Waits so many ms, or until the connection changes: what failed on this one may succeed on the next. */
export const pause = (connection: Pick<Connection, 'onState'>, ms: number): Promise<void> =>
  settled((resolve) => {
    const timer = setTimeout(resolve, ms);
    const off = connection.onState(() => resolve());
    return () => {
      clearTimeout(timer);
      off();
    };
  });
