import { createHash } from 'node:crypto';
import { type AuditEntry, type AuditQuery, DAY_MS } from '#protocol';
import { clock } from './clock.js';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { addAudit } from './scripts/audit.js';
import {
  type ErasedKind,
  type ErasedUser,
  mentions,
  type Subject,
  type UserData,
} from './user-data/user-data.js';

/** Entry without its id and without what the log itself counts. */
export type NewAuditEntry = Omit<AuditEntry, 'id' | 'count' | 'lastAt'>;

/** Time within which equal entries are one. */
export const REPEATED_MS = 300_000;
/**
 * Entries of one actor a day, at most 9 MB. Further ones are merged by their action, so that nobody can fill Redis, and the log
 * still says who did it and how often.
 */
export const MAX_PER_ACTOR = 10_000;
/** Days that one step of a page reads at once. */
const DAYS_AT_ONCE = 8;
const SCANNED_AT_ONCE = 500;

/**
 * Audit log of privileged actions. It is kept by age, so that nobody can flush it: each day is a hash that expires as a whole, and
 * its size is bounded per actor.
 */
export class Audit implements UserData {
  readonly kind = 'audit';

  constructor(
    private readonly redis: RedisClient,
    /** retention, days */
    private readonly days: number,
  ) {}

  /** Appends an entry, or counts it as a repetition of an equal one. Perform the action only after this resolves. */
  async add(entry: NewAuditEntry): Promise<void> {
    const actor = `${entry.role} ${entry.by}`;
    if ((await this.#add(entry, actor)) !== null) return;
    const { at, by, role, action } = entry;
    await this.#add({ at, by, role, action }, '');
  }

  #add(entry: NewAuditEntry, actor: string): Promise<string | null> {
    const { at, by, role, action, tripId, userId, text } = entry;
    return addAudit(this.redis, {
      day: dayOf(at),
      print: printOf([by, role, action, tripId, userId, text]),
      now: at,
      json: JSON.stringify(entry),
      repeatedMs: REPEATED_MS,
      // Until every entry of the day is old enough.
      ttlMs: (this.days + 1) * DAY_MS,
      actor,
      maxPerActor: MAX_PER_ACTOR,
    });
  }

  /** Reads entries, newest first; `before` is the id of an entry. */
  async read({ limit, before }: AuditQuery, now = clock.now()): Promise<AuditEntry[]> {
    await this.#takeOver();
    const end = before === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(before, 10);
    const from = now - this.days * DAY_MS;
    const entries: AuditEntry[] = [];
    let day = dayOf(Math.min(end, now + DAY_MS));
    for (; day >= dayOf(from) && entries.length < limit; day -= DAYS_AT_ONCE) {
      const some = Array.from({ length: DAYS_AT_ONCE }, (_, i) => day - i);
      const parts = await Promise.all(some.map((each) => this.#page(each, from, end, limit)));
      entries.push(...parts.flat());
    }
    return entries.slice(0, limit);
  }

  /** Reads entries of one day from `from` on and before `end`, epoch ms, newest first. */
  async #page(day: number, from: number, end: number, limit: number): Promise<AuditEntry[]> {
    const [entries, order] = keys.audit(day);
    const max = Number.isFinite(end) ? `(${end}` : '+inf';
    const ids = await this.redis.zrevrangebyscore(order, max, from, 'LIMIT', 0, limit);
    if (ids.length === 0) return [];
    const fields = ids.flatMap((id) => [id, `n:${id}`, `l:${id}`]);
    const values = await this.redis.hmget(entries, ...fields);
    return ids.flatMap((id, i) => {
      const [json, repeated, lastAt] = values.slice(3 * i, 3 * i + 3);
      if (json === null || json === undefined) return [];
      const count = repeated === null || repeated === undefined ? undefined : 1 + Number(repeated);
      return [
        { id, ...JSON.parse(json), ...(count !== undefined && { count, lastAt: Number(lastAt) }) },
      ] as AuditEntry[];
    });
  }

  /** Puts the pseudonym in the place of the user, and removes texts that were sent to it. */
  async erase(user: ErasedUser): Promise<ErasedKind> {
    await this.#takeOver();
    let count = 0;
    const actors = ['rider', 'driver'].map((role) => `a:${role} ${user.userId}`);
    for await (const { key, field, value } of this.#fields()) {
      if (actors.includes(field)) await this.redis.hdel(key, field);
      if (!isAbout(field, value, user.userId)) continue;
      await this.redis.hset(key, field, JSON.stringify(withoutUser(JSON.parse(value), user)));
      count += 1;
    }
    const why =
      'entries of the audit log, with the pseudonym in place of the id and without texts to the user';
    return { erased: count, ...(count > 0 && { remains: { count, why } }) };
  }

  async *items({ userId }: Subject): AsyncGenerator<unknown> {
    await this.#takeOver();
    for await (const { field, value } of this.#fields())
      if (isAbout(field, value, userId)) yield { id: field, ...JSON.parse(value) };
  }

  async *#fields(): AsyncGenerator<{ key: string; field: string; value: string }> {
    for (const day of this.#daysKept()) {
      const [key] = keys.audit(day);
      let cursor = '0';
      do {
        const [next, flat] = await this.redis.hscan(key, cursor, 'COUNT', SCANNED_AT_ONCE);
        cursor = next;
        for (let i = 0; i < flat.length; i += 2) yield { key, field: flat[i]!, value: flat[i + 1]! };
      } while (cursor !== '0');
    }
  }

  /** Days that may have entries, the newest first; clocks may be a little ahead. */
  #daysKept(): number[] {
    const last = dayOf(clock.now()) + 1;
    return Array.from({ length: this.days + 3 }, (_, i) => last - i);
  }

  /** Moves the entries of the stream of an earlier version, which other gateways may still write during an update. */
  async #takeOver(): Promise<void> {
    for (;;) {
      const found = await this.redis.xrange(keys.auditStream, '-', '+', 'COUNT', SCANNED_AT_ONCE);
      if (found.length === 0) return;
      for (const [id, fields] of found) {
        const entry: Record<string, unknown> = {};
        for (let i = 0; i < fields.length; i += 2) entry[fields[i]!] = fields[i + 1]!;
        const at = Number(entry.at);
        const [entries, order] = keys.audit(dayOf(at));
        const ttlMs = at + (this.days + 1) * DAY_MS - clock.now();
        if (ttlMs > 0) {
          await this.redis.hset(entries, id, JSON.stringify({ ...entry, at }));
          await this.redis.zadd(order, Number.parseInt(id, 10), id);
          for (const key of [entries, order]) await this.redis.pexpire(key, ttlMs);
        }
        await this.redis.xdel(keys.auditStream, id);
      }
    }
  }
}

const dayOf = (t: number): number => Math.floor(t / DAY_MS);

/** Whether a field of a day is an entry by or about a user. */
const isAbout = (field: string, value: string, userId: string): boolean =>
  /^\d/.test(field) && mentions(value, [userId]);

const printOf = (parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);

function withoutUser(entry: NewAuditEntry, { userId, pseudonym }: ErasedUser): NewAuditEntry {
  const { text, ...rest } = entry;
  const isAbout = entry.userId === userId;
  return {
    ...rest,
    by: entry.by === userId ? pseudonym : entry.by,
    ...(entry.userId !== undefined && { userId: isAbout ? pseudonym : entry.userId }),
    ...(text !== undefined && !isAbout && text !== userId && { text }),
  };
}
