import { once } from 'node:events';
import { Redis } from 'ioredis';

/** Stops the Redis at `url` if it keeps its data in `dir`. Does nothing if nothing, or something else, listens there. */
export async function shutDownRedis(url: string, dir: string): Promise<void> {
  // Without the check, because a Redis that still loads its data stops as well.
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, enableReadyCheck: false });
  client.on('error', () => {}); // also reported by the call
  try {
    await client.connect();
    if (((await client.config('GET', 'dir')) as string[])[1] !== dir) return;
    client.shutdown().catch(() => {});
    await once(client, 'end');
  } catch {
    // Nothing listens there, or no Redis with this password.
  } finally {
    client.disconnect();
  }
}
