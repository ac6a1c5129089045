import type { Namespace } from '#protocol';
import { keys, PRESENCE_PARTS, presencePartOf } from './keys.js';
import { ALIVE_MS, Nodes, runIdOf } from './nodes.js';
import type { RedisClient } from './redis.js';
import { withScripts } from './scripts.js';
import {
  GRACE_MS,
  type LiveRuns,
  type PresenceHash,
  type UserPresence,
  type UserSocket,
  userPresenceOf,
} from './user-presence.js';

const REMEMBERED_S = 30 * 24 * 3_600;
/** Who lives is known this well; it is asked for at most so often. */
const AROUND_MS = 500;
const SWEPT_AT_ONCE = 200;
const GONE_AT_ONCE = 500;

/** A user whose last socket in a namespace ended, and since when that is news, epoch ms. */
export type Gone = { userId: string; namespace: Namespace; due: number };

/** Which users are connected where. Every node writes of its own sockets; of a node that died, a survivor does. */
export class PresenceStore {
  readonly #redis: RedisClient;
  readonly #scripts: ReturnType<typeof withScripts>;
  readonly #nodes: Nodes;
  #around: { at: number; answer: Promise<LiveRuns> } | null = null;

  constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#scripts = withScripts(redis);
    this.#nodes = new Nodes(redis);
  }

  /**
   * Writes all sockets of a user that one run of a node holds.
   * @param at when that changed, epoch ms
   * @returns what was known of the user before
   */
  async write(userId: string, incarnation: string, sockets: UserSocket[], at: number): Promise<PresenceHash> {
    const part = presencePartOf(userId);
    const flat = (await this.#scripts.presence(
      keys.presence(userId),
      keys.presenceOn(part, incarnation),
      keys.presenceGone(part),
      userId,
      incarnation,
      sockets.length === 0 ? '' : JSON.stringify(sockets),
      at,
      GRACE_MS,
      REMEMBERED_S,
    )) as string[];
    return Object.fromEntries(pairs(flat));
  }

  async of(userId: string, now: number): Promise<UserPresence> {
    const [hash, liveRuns] = await Promise.all([
      this.#redis.hgetall(keys.presence(userId)),
      this.around(now),
    ]);
    return userPresenceOf(hash, liveRuns);
  }

  /** Which nodes live, as it was half a second ago at most. */
  around(now: number): Promise<LiveRuns> {
    if (this.#around === null || Math.abs(now - this.#around.at) > AROUND_MS) {
      const asked = { at: now, answer: this.#lookAround(now) };
      this.#around = asked;
      asked.answer.catch(() => {
        if (this.#around === asked) this.#around = null;
      });
    }
    return this.#around.answer;
  }

  async #lookAround(now: number): Promise<LiveRuns> {
    const [nodes, beats] = await Promise.all([
      this.#nodes.alive(now),
      this.#redis.zrange(keys.presenceBeats, '0', '-1', 'WITHSCORES'),
    ]);
    return {
      gateways: nodes.filter(({ role }) => role === 'gateway').map(runIdOf),
      alive: new Set(nodes.map(runIdOf)),
      beats: Object.fromEntries(pairs(beats).map(([name, at]) => [name, Number(at)])),
    };
  }

  /** Says that this run of a node lives and may hold users; when it has died, this is when they were seen last. */
  async heartbeat(incarnation: string, now: number): Promise<void> {
    await this.#redis.zadd(keys.presenceBeats, now, incarnation);
  }

  /** Takes away what a dead run of a node left in one part. Two that do so at once do what one does. */
  async sweep(incarnation: string, part: number, lastBeat: number): Promise<void> {
    for (;;) {
      const users = await this.#redis.srandmember(keys.presenceOn(part, incarnation), SWEPT_AT_ONCE);
      // It may live after all, and writes its users itself then.
      const beat = await this.#redis.zscore(keys.presenceBeats, incarnation);
      if (users.length === 0 || Number(beat) !== lastBeat) return;
      await Promise.all(users.map((userId) => this.write(userId, incarnation, [], lastBeat)));
    }
  }

  /** Forgets a dead run of a node once nothing is left of it, unless it has beaten since: then it lives after all. */
  async forget(incarnation: string, lastBeat: number): Promise<void> {
    const parts = Array.from({ length: PRESENCE_PARTS }, (_, part) => keys.presenceOn(part, incarnation));
    const left = await Promise.all(parts.map((key) => this.#redis.exists(key)));
    if (left.every((exists) => exists === 0))
      await this.#scripts.finish(keys.presenceBeats, incarnation, lastBeat);
  }

  /** The users of one part that this run of a node is known to hold. */
  held(incarnation: string, part: number): Promise<string[]> {
    return this.#redis.smembers(keys.presenceOn(part, incarnation));
  }

  /** Those whose last socket ended so long ago that it is news; each until it is {@link notified}. */
  async gone(part: number, now: number): Promise<Gone[]> {
    const key = keys.presenceGone(part);
    const flat = await this.#redis.zrange(
      key,
      '-inf',
      String(now),
      'BYSCORE',
      'LIMIT',
      0,
      GONE_AT_ONCE,
      'WITHSCORES',
    );
    return pairs(flat).map(([member, due]) => parseGone(member, Number(due)));
  }

  async notified({ userId, namespace, due }: Gone): Promise<void> {
    await this.#scripts.finish(keys.presenceGone(presencePartOf(userId)), `${namespace} ${userId}`, due);
  }
}

/** Runs of nodes that may have left something: not alive, and not just about to say that they are. */
export const deadIn = (
  { alive, beats }: LiveRuns,
  now: number,
): Array<[incarnation: string, lastBeat: number]> =>
  Object.entries(beats).filter(([name, at]) => !alive.has(name) && at < now - ALIVE_MS);

/** What Redis answers as names and values in turn. */
const pairs = (flat: string[]): Array<[name: string, value: string]> =>
  flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!]] : []));

function parseGone(member: string, due: number): Gone {
  const [namespace, userId] = member.split(' ') as [Namespace, string];
  return { userId, namespace, due };
}
