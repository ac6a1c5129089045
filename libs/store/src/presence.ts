import type { Namespace } from '#protocol';
import { keys, PRESENCE_PARTS, presencePartOf } from './keys.js';
import { ALIVE_MS, Nodes, runIdOf } from './nodes.js';
import type { RedisClient } from './redis.js';
import { removeIfScore } from './scripts/common.js';
import { writePresence } from './scripts/presence.js';
import {
  GRACE_MS,
  type LiveRuns,
  type PresenceHash,
  type UserPresence,
  type UserSocket,
  userPresenceOf,
} from './user-presence.js';

const PRESENCE_DAYS = 30;
const DAY_S = 24 * 3_600;
/** Maximum age of the cached list of live runs. */
const LIVE_RUNS_MS = 500;
const SWEPT_AT_ONCE = 200;
const GONE_AT_ONCE = 500;

/** A user whose last socket in a namespace closed. Its partner is notified at `due`, epoch ms. */
export type Gone = { userId: string; namespace: Namespace; due: number };

/** Presence of users: their sockets on each node. Every node writes its own sockets; a survivor removes those of a dead one. */
export class PresenceStore {
  readonly #redis: RedisClient;
  readonly #nodes: Nodes;
  #cached: { at: number; liveRuns: Promise<LiveRuns> } | null = null;

  /** @param days retention of the presence of a user without sockets */
  constructor(
    redis: RedisClient,
    private readonly days = PRESENCE_DAYS,
  ) {
    this.#redis = redis;
    this.#nodes = new Nodes(redis);
  }

  /**
   * Writes all sockets of a user that one run of a node holds.
   * @param at time of the change, epoch ms
   * @returns the presence hash before the write
   */
  async write(userId: string, runId: string, sockets: UserSocket[], at: number): Promise<PresenceHash> {
    const input = { userId, runId, sockets, at, graceMs: GRACE_MS, ttlS: this.days * DAY_S };
    return Object.fromEntries(pairs(await writePresence(this.#redis, input)));
  }

  /** Reads the presence of a user. */
  async of(userId: string, now: number): Promise<UserPresence> {
    const [hash, liveRuns] = await Promise.all([
      this.#redis.hgetall(keys.presence(userId)),
      this.around(now),
    ]);
    return userPresenceOf(hash, liveRuns);
  }

  /** Live runs of nodes, cached for half a second. */
  around(now: number): Promise<LiveRuns> {
    if (this.#cached === null || Math.abs(now - this.#cached.at) > LIVE_RUNS_MS) {
      const fresh = { at: now, liveRuns: this.#readLiveRuns(now) };
      this.#cached = fresh;
      fresh.liveRuns.catch(() => {
        if (this.#cached === fresh) this.#cached = null;
      });
    }
    return this.#cached.liveRuns;
  }

  async #readLiveRuns(now: number): Promise<LiveRuns> {
    const [nodes, heartbeats] = await Promise.all([
      this.#nodes.alive(now),
      this.#redis.zrange(keys.presenceHeartbeats, '0', '-1', 'WITHSCORES'),
    ]);
    return {
      gateways: nodes.filter(({ role }) => role === 'gateway').map(runIdOf),
      alive: new Set(nodes.map(runIdOf)),
      heartbeats: Object.fromEntries(pairs(heartbeats).map(([name, at]) => [name, Number(at)])),
    };
  }

  /** Records a heartbeat of a run. After its death, its users count as last seen at its last heartbeat. */
  async heartbeat(runId: string, now: number): Promise<void> {
    await this.#redis.zadd(keys.presenceHeartbeats, now, runId);
  }

  /** Removes the sockets of a dead run in one part. Safe to run on several nodes at once. */
  async sweep(runId: string, part: number, lastHeartbeat: number): Promise<void> {
    for (;;) {
      const users = await this.#redis.srandmember(keys.presenceOn(part, runId), SWEPT_AT_ONCE);
      // A newer heartbeat means that the run is alive; it then writes its users itself.
      const heartbeat = await this.#redis.zscore(keys.presenceHeartbeats, runId);
      if (users.length === 0 || Number(heartbeat) !== lastHeartbeat) return;
      await Promise.all(users.map((userId) => this.write(userId, runId, [], lastHeartbeat)));
    }
  }

  /** Removes a dead run once it holds no users, unless it has sent another heartbeat. */
  async forget(runId: string, lastHeartbeat: number): Promise<void> {
    const parts = Array.from({ length: PRESENCE_PARTS }, (_, part) => keys.presenceOn(part, runId));
    const found = await Promise.all(parts.map((key) => this.#redis.exists(key)));
    if (found.every((exists) => exists === 0))
      await removeIfScore(this.#redis, {
        key: keys.presenceHeartbeats,
        member: runId,
        score: lastHeartbeat,
      });
  }

  /** Users of one part that a run of a node holds, according to Redis. */
  held(runId: string, part: number): Promise<string[]> {
    return this.#redis.smembers(keys.presenceOn(part, runId));
  }

  /** Users of one part whose grace period is over. Each is returned until it is {@link notified}. */
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

  /** Removes a user whose partner was notified, unless it has been gone again since. */
  async notified({ userId, namespace, due }: Gone): Promise<void> {
    const key = keys.presenceGone(presencePartOf(userId));
    await removeIfScore(this.#redis, { key, member: `${namespace} ${userId}`, score: due });
  }
}

/** Runs that are dead and may have left sockets: not alive, and without a recent heartbeat. */
export const deadIn = (
  { alive, heartbeats }: LiveRuns,
  now: number,
): Array<[runId: string, lastHeartbeat: number]> =>
  Object.entries(heartbeats).filter(([name, at]) => !alive.has(name) && at < now - ALIVE_MS);

/** Groups a flat reply of Redis, names and values alternating, into pairs. */
const pairs = (flat: string[]): Array<[name: string, value: string]> =>
  flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!]] : []));

function parseGone(member: string, due: number): Gone {
  const [namespace, userId] = member.split(' ') as [Namespace, string];
  return { userId, namespace, due };
}
