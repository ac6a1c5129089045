import { Injectable, Logger } from '@nestjs/common';
import { DueWork } from '#ops';
import { clock, NotificationQueue, orUnavailable } from '#store';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { Deliveries } from './deliveries.js';
import type { Job, JobOf } from './job.js';

/** Longer than any attempt takes: a job that is due again before it has ended would run twice. */
const TAKEN_MS = 15_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 300_000;

type QueuedJob = { id: string; job: Job };

/**
 * Takes jobs from the queue, which all gateways share, and does them. A job of a gateway that was killed becomes due again. A push
 * is removed before it is sent, because two of the same would ring twice; all other work is removed after it is done.
 */
@Injectable()
export class NotificationJobs extends DueWork<QueuedJob> {
  readonly #logger = new Logger('notifications');

  constructor(
    private readonly queue: NotificationQueue<Job>,
    private readonly deliveries: Deliveries,
    private readonly metrics: GatewayMetrics,
  ) {
    super({ name: 'notifications', intervalMs: 500, maxRunning: 50 });
  }

  /** Adds a job, once per id; beyond the maximum it is dropped and counted. @throws {ProtocolError} UNAVAILABLE */
  async add(id: string, job: Job): Promise<void> {
    const added = await orUnavailable(this.queue.add(id, job, clock.now()));
    if (added !== 'FULL') return;
    this.metrics.notifications.inc({ channel: channelOf(job), result: 'dropped' });
    this.#logger.warn(`The queue of notifications is full; ${job.notification.kind} was dropped`);
  }

  protected override take(limit: number): Promise<QueuedJob[]> {
    const now = clock.now();
    return this.queue.take(now, now + TAKEN_MS, limit);
  }

  protected override async work({ id, job }: QueuedJob): Promise<void> {
    if (clock.now() >= job.expiresAt) {
      if (await this.queue.remove(id))
        this.metrics.notifications.inc({ channel: channelOf(job), result: 'expired' });
    } else if (job.do === 'push' || job.do === 'post') await this.#deliver(id, job);
    else {
      for (const [nextId, next] of await this.deliveries.plan(job)) await this.add(nextId, next);
      await this.queue.remove(id);
    }
  }

  async #deliver(id: string, job: JobOf<'push' | 'post'>): Promise<void> {
    const isPush = job.do === 'push';
    // Another gateway has it, because this one took too long.
    if (isPush && !(await this.queue.remove(id))) return;
    const result = await this.deliveries.deliver(job);
    if (typeof result === 'object') {
      const due = clock.now() + (result.retryInMs ?? backoffMs(job.attempt));
      // Dropped at its next turn if it has expired by then.
      await this.queue.again(id, { ...job, attempt: job.attempt + 1 }, due);
      this.metrics.notifications.inc({ channel: channelOf(job), result: 'retried' });
      return;
    }
    if (!isPush) await this.queue.remove(id);
    this.metrics.notifications.inc({ channel: channelOf(job), result });
  }
}

const channelOf = (job: Job): string => ({ push: 'push', post: 'webhook' })[job.do as string] ?? 'any';

/** Doubles with each attempt; half of it is random, so that retries of many jobs spread. */
export function backoffMs(attempt: number): number {
  const range = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
  return range * (0.5 + Math.random() / 2);
}
