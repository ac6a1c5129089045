import type { Connection } from './connection.js';
import { HexfleetError } from './errors.js';

const RETRY_MS = 1_000;

/**
 * Says again on a new connection what was said on the one before; again after a second while the service says to try
 * again, as it does when its store is away. Ends with this connection: the next one starts anew.
 */
export async function restore(
  connection: Connection,
  isWanted: () => boolean,
  say: () => Promise<unknown>,
): Promise<void> {
  const { state } = connection;
  while (connection.state === state && isWanted()) {
    try {
      await say();
      return;
    } catch (error) {
      if (!(error instanceof HexfleetError) || !error.retry) return;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
