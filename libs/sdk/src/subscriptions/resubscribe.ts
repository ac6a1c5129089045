import { ANSWERED, backoffMs } from '../connection/backoff.js';
import type { Connection } from '../connection/connection.js';
import { isFinal } from '../connection/errors.js';
import { waitOrReconnect } from '../util/wait-or-reconnect.js';

/**
 * Says again on a new connection what was said on the one before; again after a while where the service says to try
 * again, as it does when its store is away. Ends with this connection: the next one starts anew.
 */
export async function resubscribe(
  connection: Connection,
  isWanted: () => boolean,
  say: () => Promise<unknown>,
): Promise<void> {
  const { hello } = connection;
  if (hello === null) return;
  for (let attempt = 0; connection.hello === hello && isWanted(); attempt += 1) {
    try {
      await say();
      return;
    } catch (error) {
      if (isFinal(error)) return;
    }
    await waitOrReconnect(connection, backoffMs(attempt, Math.random(), ANSWERED));
  }
}
