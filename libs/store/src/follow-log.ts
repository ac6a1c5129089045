import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

const KEPT = 10_000;
const READ_AT_ONCE = 1_000;

/** What was added since it was read last; `complete` unless entries in between are gone already. */
export type Followed = { driverIds: string[]; complete: boolean };

/** Whom somebody began to follow, on any node, in order: processors need not ask for each fix whether anybody does. */
export class FollowLog {
  #readTo: string | null = null;

  constructor(private readonly redis: RedisClient) {}

  /** Call it when the follower's subscription is in force, and read the snapshot afterwards. */
  async add(driverId: string): Promise<void> {
    await this.redis.xadd(keys.followed, 'MAXLEN', '~', KEPT, '*', 'd', driverId);
  }

  /** Everything that was added before this was called, and not read before. */
  async read(): Promise<Followed> {
    const entries = await this.redis.xrange(keys.followed, this.#readTo ?? '-', '+', 'COUNT', READ_AT_ONCE);
    const [first] = entries;
    const last = entries.at(-1);
    // The entry that was read last comes again; when it does not, others may be missing too.
    const complete = this.#readTo === null ? last === undefined : first?.[0] === this.#readTo;
    this.#readTo = last?.[0] ?? null;
    const driverIds = entries.map(([, [, driverId]]) => driverId!);
    if (entries.length < READ_AT_ONCE) return { driverIds, complete };
    const rest = await this.read();
    return { driverIds: [...driverIds, ...rest.driverIds], complete: complete && rest.complete };
  }
}
