import calculateSlot from 'cluster-key-slot';
import type { Redis } from 'ioredis';
import { isCluster, type RedisClient } from './redis-client.js';

/** A healthy replica confirms within a round trip. */
const TIMEOUT_MS = 1_000;

/**
 * Waits until the writes that this connection has sent to the masters of some keys are in the memory of their replicas
 * (https://redis.io/commands/wait). The connection is blocked meanwhile.
 * @throws {Error} if too few replicas confirmed within a second; the writes are stored all the same
 */
export async function waitForReplicas(redis: RedisClient, keys: string[], replicas: number): Promise<void> {
  await Promise.all(mastersOf(redis, keys).map((master) => waitOn(master, replicas)));
}

/**
 * Waits for replicas on a connection that many writers share: while one command blocks it, the writes that follow gather for
 * the next one, which covers all before it. So what else is sent on the connection waits for one of them, and not for many.
 */
export class ReplicaWaits {
  /** the last wait on each master; never rejects */
  readonly #last = new WeakMap<Redis, Promise<void>>();
  /** the wait on each master that has not been sent yet */
  readonly #next = new WeakMap<Redis, Promise<void>>();

  /** @param replicas 0 does not wait */
  constructor(
    private readonly redis: RedisClient,
    private readonly replicas: number,
  ) {}

  /** Waits until replicas have what was written last to the master of a key. @throws {Error} as {@link waitForReplicas} */
  async written(key: string): Promise<void> {
    if (this.replicas === 0) return;
    const master = mastersOf(this.redis, [key])[0]!;
    await (this.#next.get(master) ?? this.#add(master));
  }

  #add(master: Redis): Promise<void> {
    const next = (this.#last.get(master) ?? Promise.resolve()).then(() => {
      this.#next.delete(master);
      return waitOn(master, this.replicas);
    });
    this.#next.set(master, next);
    this.#last.set(
      master,
      next.catch(() => {}),
    );
    return next;
  }
}

async function waitOn(master: Redis, replicas: number): Promise<void> {
  const confirmed = await master.wait(replicas, TIMEOUT_MS);
  if (confirmed < replicas)
    throw new Error(`Redis has too few replicas: ${confirmed} of ${replicas} confirmed a write`);
}

function mastersOf(redis: RedisClient, keys: string[]): Redis[] {
  if (!isCluster(redis)) return [redis];
  const { keyPrefix = '' } = redis.options;
  const addresses = new Set(keys.map((key) => redis.slots[calculateSlot(`${keyPrefix}${key}`)]?.[0]));
  const masters = redis
    .nodes('master')
    .filter(({ options: { host, port } }) => addresses.has(`${host}:${port}`));
  if (masters.length < addresses.size) throw new Error('a master of the Redis Cluster is not known');
  return masters;
}
