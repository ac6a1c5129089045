/** Work that lasts as long as a connection, and begins again with the next one. */
import { eventPromise } from '../util/event-promise.js';
import type { Connection } from './connection.js';
import { type ConnectionState, isUp } from './connection-state.js';
import { isFinal } from './errors.js';
import { ANSWERED, backoffMs } from './reconnect-policy.js';

/** A push can be lost between nodes, and a client that missed the last one has no gap to notice; so it polls, too. */
const POLL_INTERVAL_MS = 30_000;

/** Waits `ms`, or until the connection changes: a request that failed on this one may succeed on the next. */
export const waitOrReconnect = (connection: Pick<Connection, 'onState'>, ms: number): Promise<void> =>
  eventPromise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const off = connection.onState(() => resolve());
    return () => {
      clearTimeout(timer);
      off();
    };
  });

/**
 * Repeats a request on a new connection, and retries it while the service says so, as it does when its store is away.
 * Ends with this connection: the next one starts over.
 */
export async function resubscribe(
  connection: Connection,
  isWanted: () => boolean,
  send: () => Promise<unknown>,
): Promise<void> {
  const { hello } = connection;
  if (hello === null) return;
  for (let attempt = 0; connection.hello === hello && isWanted(); attempt += 1) {
    try {
      await send();
      return;
    } catch (error) {
      if (isFinal(error)) return;
    }
    await waitOrReconnect(connection, backoffMs(attempt, Math.random(), ANSWERED));
  }
}

/**
 * Calls `poll` on each new connection, at once on the current one, and every 30 s while it lasts.
 * @param isReady whether a state counts as connected; by default every state in which events arrive
 */
export function pollWhileConnected(
  connection: Pick<Connection, 'state' | 'onState'>,
  poll: () => void,
  isReady: (state: ConnectionState) => boolean = isUp,
): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const follow = (state: ConnectionState) => {
    clearInterval(timer);
    if (!isReady(state)) return;
    poll();
    timer = setInterval(poll, POLL_INTERVAL_MS);
  };
  connection.onState(follow);
  follow(connection.state);
}
