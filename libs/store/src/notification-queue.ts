import { HOUR_MS } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { addNotification, takeNotifications } from './scripts/notifications.js';

/** Work of the queue: all that is needed to do it is in it. */
export type QueuedJob = {
  /** after which it is useless, epoch ms */
  expiresAt: number;
};

/** Maximum jobs in the queue; further ones are refused. */
export const MAX_QUEUED_NOTIFICATIONS = 10_000;
/** Maximum bytes of a job. */
export const MAX_JOB_BYTES = 4_096;
const MAX_KNOWN = 100_000;
/** Time for which an id is known at least: a change of a trip may be handled again until then. */
const KNOWN_MS = HOUR_MS;

/**
 * Queue of notifications that gateways share. A job is taken for a while: if the gateway that took it dies, another one takes it
 * again. All keys share a slot.
 */
export class NotificationQueue<Job extends QueuedJob> {
  constructor(private readonly redis: RedisClient) {}

  /**
   * Adds a job, once per id.
   * @param now epoch ms
   * @returns `KNOWN` for an id that was added before; `FULL` if it was dropped
   */
  async add(id: string, job: Job, now: number): Promise<'ADDED' | 'KNOWN' | 'FULL'> {
    const json = JSON.stringify(job);
    if (Buffer.byteLength(json) > MAX_JOB_BYTES) return 'FULL';
    const knownUntil = Math.max(job.expiresAt, now + KNOWN_MS);
    const bounds = { maxJobs: MAX_QUEUED_NOTIFICATIONS, maxKnown: MAX_KNOWN };
    return addNotification(this.redis, { id, json, due: now, now, knownUntil, ...bounds });
  }

  /** Takes jobs that are due; they are due again at `until` unless they are removed. Times in epoch ms. */
  async take(now: number, until: number, limit: number): Promise<Array<{ id: string; job: Job }>> {
    const flat = await takeNotifications(this.redis, { now, until, limit });
    return flat.flatMap((id, i) => (i % 2 === 0 ? [{ id, job: JSON.parse(flat[i + 1]!) as Job }] : []));
  }

  /** Removes a job. @returns false if it was removed before */
  async remove(id: string): Promise<boolean> {
    const { due, jobs } = keys.notifications;
    const replies = await this.redis.multi().zrem(due, id).hdel(jobs, id).exec();
    return replies?.[1]?.[1] === 1;
  }

  /** Stores a job that failed, to be done again. @param due epoch ms */
  async again(id: string, job: Job, due: number): Promise<void> {
    const queue = keys.notifications;
    await this.redis.multi().hset(queue.jobs, id, JSON.stringify(job)).zadd(queue.due, due, id).exec();
  }

  /** Number of jobs that wait. */
  count(): Promise<number> {
    return this.redis.zcard(keys.notifications.due);
  }
}
