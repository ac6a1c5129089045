import {
  type Audience,
  HOUR_MS,
  MAX_ACTIVE_ALERTS,
  MAX_ALERT_MS,
  type Reached,
  type SentAlert,
} from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { addAlert } from './scripts/alerts.js';

const USERS_AT_ONCE = 1_000;
/** Time for which the number of users reached is kept after the expiry of an alert. */
const KEPT_MS = HOUR_MS;

/** Alerts to areas until they expire, at most a hundred, and the users whom each has reached. */
export class Alerts {
  constructor(private readonly redis: RedisClient) {}

  /** Stores an alert. @returns false if too many are active */
  add(alert: SentAlert, now: number): Promise<boolean> {
    const { id, expiresAt } = alert;
    const json = JSON.stringify(alert);
    return addAlert(this.redis, { key: keys.alerts, now, max: MAX_ACTIVE_ALERTS, id, expiresAt, json });
  }

  /** Alerts that have not expired, newest first. */
  async active(now: number): Promise<SentAlert[]> {
    return (await this.redis.hvals(keys.alerts))
      .map((text) => JSON.parse(text.slice(text.indexOf(' ') + 1)) as SentAlert)
      .filter(({ expiresAt }) => expiresAt > now)
      .sort((a, b) => b.at - a.at);
  }

  /**
   * Withdraws an alert. A repetition after a failure in between does the same again.
   * @returns the alert; null if there is none that has not expired
   */
  async withdraw(id: string, now: number): Promise<SentAlert | null> {
    const alert = (await this.active(now)).find((one) => one.id === id);
    if (alert === undefined) return null;
    const key = keys.withdrawnAlerts;
    // Removed last: until then, another attempt finds it.
    await this.redis.zremrangebyscore(key, '-inf', now);
    await this.redis.zadd(key, alert.expiresAt, id);
    await this.redis.pexpireat(key, now + MAX_ALERT_MS);
    await this.redis.hdel(keys.alerts, id);
    return alert;
  }

  /** Withdrawn alerts that have not expired: id → expiry, epoch ms. */
  async withdrawn(now: number): Promise<Map<string, number>> {
    const found = await this.redis.zrangebyscore(keys.withdrawnAlerts, `(${now}`, '+inf', 'WITHSCORES');
    const withdrawn = new Map<string, number>();
    for (let i = 0; i < found.length; i += 2) withdrawn.set(found[i]!, Number(found[i + 1]));
    return withdrawn;
  }

  /** Records users whom an alert has reached. @returns how many of them it had not reached before */
  async reach({ id, expiresAt }: SentAlert, audience: Audience, userIds: readonly string[]): Promise<number> {
    const key = keys.alertReached(id, audience);
    let added = 0;
    for (let from = 0; from < userIds.length; from += USERS_AT_ONCE)
      added += await this.redis.sadd(key, ...userIds.slice(from, from + USERS_AT_ONCE));
    if (added > 0) await this.redis.pexpireat(key, expiresAt + KEPT_MS);
    return added;
  }

  /** Forgets that an alert has reached a user. @returns whether it had */
  async forget(id: string, audience: Audience, userId: string): Promise<boolean> {
    return (await this.redis.srem(keys.alertReached(id, audience), userId)) === 1;
  }

  /** Whether an alert has reached a user. */
  async hasReached({ id }: SentAlert, audience: Audience, userId: string): Promise<boolean> {
    return (await this.redis.sismember(keys.alertReached(id, audience), userId)) === 1;
  }

  async reached(id: string): Promise<Reached> {
    const count = (audience: Audience) => this.redis.scard(keys.alertReached(id, audience));
    const [riders, drivers, dispatchers] = await Promise.all([
      count('riders'),
      count('drivers'),
      count('dispatchers'),
    ]);
    return { riders, drivers, dispatchers };
  }
}
