import { randomBytes } from 'node:crypto';
import type { ErasureReport } from '#protocol';
import { keys } from '../keys.js';
import type { RedisClient } from '../redis.js';
import type { UserTrips } from '../user-trips.js';
import { type ErasedKind, pseudonymOf, type UserData } from './user-data.js';

/** Time after which an erasure is repeated: by then, what was in flight at the first time has been stored. */
export const REPEAT_MS = 60_000;

/** Erasure that is not finished. `dueAt` is epoch ms. */
type Pending = { pseudonym: string; dueAt: number; passes: number; done: Record<string, ErasedKind> };

/**
 * Erasures of users. Each is recorded before it begins, with the pseudonym, so that whoever repeats it, the caller or another
 * gateway, goes on where it stopped. It is run twice, {@link REPEAT_MS} apart, and then forgotten: nothing leads from the
 * pseudonym to the user any more.
 */
export class Erasures {
  constructor(
    private readonly redis: RedisClient,
    private readonly kinds: readonly UserData[],
    private readonly userTrips: Pick<UserTrips, 'of'>,
  ) {}

  /** Records that a user is to be erased. Repeated, it changes nothing. @param now epoch ms */
  async begin(userId: string, now: number): Promise<void> {
    const pseudonym = pseudonymOf(randomBytes(9).toString('base64url'));
    const pending: Pending = { pseudonym, dueAt: now + REPEAT_MS, passes: 0, done: {} };
    await this.redis.hsetnx(keys.erasures, userId, JSON.stringify(pending));
  }

  /**
   * Erases a user that was recorded.
   * @param isRepeated whether the service itself repeats it: after a complete run, that is the last one
   * @returns what has been erased so far; null if nobody recorded it, or it is finished
   */
  async run(userId: string, now: number, isRepeated = false): Promise<ErasureReport | null> {
    let pending = await this.#read(userId);
    if (pending === null) return null;
    const { pseudonym } = pending;
    const user = { userId, pseudonym, tripIds: await this.userTrips.of(userId) };
    for (const kind of this.kinds) {
      const erased = await kind.erase(user);
      pending = {
        ...pending,
        done: { ...pending.done, [kind.kind]: added(pending.done[kind.kind], erased) },
      };
      await this.#write(userId, pending);
    }
    const isLast = isRepeated && pending.passes > 0;
    const dueAt = now + REPEAT_MS;
    if (isLast) await this.forget(userId);
    else await this.#write(userId, { ...pending, passes: 1, dueAt });
    return reportOf(pending, isLast ? null : dueAt);
  }

  /** Takes users whose erasure is due to be repeated, for {@link REPEAT_MS}. Two gateways that take the same one do no harm. */
  async takeDue(now: number, limit: number): Promise<string[]> {
    const taken: string[] = [];
    for (const [userId, json] of Object.entries(await this.redis.hgetall(keys.erasures))) {
      const pending = JSON.parse(json) as Pending;
      if (taken.length === limit) break;
      if (pending.dueAt > now) continue;
      await this.#write(userId, { ...pending, dueAt: now + REPEAT_MS });
      taken.push(userId);
    }
    return taken;
  }

  /** Gives an erasure up, as for a user who has come back and is on a trip. */
  async forget(userId: string): Promise<void> {
    await this.redis.hdel(keys.erasures, userId);
  }

  /** Yields the data of a user by kind, in items of bounded size. */
  async *items(userId: string): AsyncGenerator<{ kind: string; items: AsyncIterable<unknown> }> {
    const user = { userId, tripIds: await this.userTrips.of(userId) };
    for (const kind of this.kinds)
      if (kind.items !== undefined) yield { kind: kind.kind, items: kind.items(user) };
  }

  async #read(userId: string): Promise<Pending | null> {
    const json = await this.redis.hget(keys.erasures, userId);
    return json === null ? null : (JSON.parse(json) as Pending);
  }

  async #write(userId: string, pending: Pending): Promise<void> {
    await this.redis.hset(keys.erasures, userId, JSON.stringify(pending));
  }
}

function added(before: ErasedKind | undefined, { erased, remains }: ErasedKind): ErasedKind {
  const count = (before?.remains?.count ?? 0) + (remains?.count ?? 0);
  const why = remains?.why ?? before?.remains?.why ?? '';
  return {
    erased: (before?.erased ?? 0) + erased,
    ...(count > 0 && { remains: { count, why } }),
  };
}

function reportOf({ pseudonym, done }: Pending, repeatAt: number | null): ErasureReport {
  const kinds = Object.entries(done);
  return {
    pseudonym,
    erased: kinds.flatMap(([kind, { erased }]) => (erased > 0 ? { kind, count: erased } : [])),
    remains: kinds.flatMap(([kind, { remains }]) => (remains === undefined ? [] : { kind, ...remains })),
    repeatAt,
  };
}
