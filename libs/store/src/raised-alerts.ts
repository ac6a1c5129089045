import { type AlertMark, DAY_MS, type RaisedAlert } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { addAlert } from './scripts/alerts.js';

/** Maximum number of raised events; further ones are in the feeds of their regions only. */
const MAX_RAISED = 1_000;
/** Time after which marks are deleted if no other one is set. */
const MARKS_MS = 7 * DAY_MS;

/** Events that boards show as alerts for a while, and what dispatchers decided about alerts of any kind. */
export class RaisedAlerts {
  constructor(private readonly redis: RedisClient) {}

  async raise(alert: RaisedAlert, now: number): Promise<void> {
    const { id, expiresAt } = alert;
    const json = JSON.stringify(alert);
    await addAlert(this.redis, { key: keys.raisedAlerts, now, max: MAX_RAISED, id, expiresAt, json });
  }

  /** Events that are still raised. */
  async raised(now: number): Promise<RaisedAlert[]> {
    return (await this.redis.hvals(keys.raisedAlerts))
      .map((text) => JSON.parse(text.slice(text.indexOf(' ') + 1)) as RaisedAlert)
      .filter(({ expiresAt }) => expiresAt > now);
  }

  /** The marks by id of the alert. */
  async marks(): Promise<Map<string, AlertMark>> {
    const all = Object.entries(await this.redis.hgetall(keys.alertMarks));
    return new Map(all.map(([id, text]) => [id, JSON.parse(text) as AlertMark]));
  }

  async mark(ids: readonly string[], mark: AlertMark): Promise<void> {
    const text = JSON.stringify(mark);
    await this.redis.hset(keys.alertMarks, ...ids.flatMap((id) => [id, text]));
    await this.redis.pexpire(keys.alertMarks, MARKS_MS);
  }

  async unmark(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.redis.hdel(keys.alertMarks, ...ids);
  }
}
