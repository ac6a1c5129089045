import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { repeatedly } from '#ops';
import { clock, NotificationQueue, orUnavailable } from '#store';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { Deliveries } from './deliveries.js';
import type { Job } from './job.js';

const INTERVAL_MS = 500;
/** Jobs that run at the same time at one gateway. */
const MAX_RUNNING = 50;
/** Longer than any attempt takes: a job that is due again before it has ended would run twice. */
const TAKEN_MS = 15_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 300_000;

/**
 * Takes jobs from the queue, which all gateways share, and does them. A job of a gateway that was killed becomes due again. A push
 * is removed before it is sent, because two of the same would ring twice; all other work is removed after it is done.
 */
@Injectable()
export class NotificationJobs implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('notifications');
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly queue: NotificationQueue<Job>,
    private readonly deliveries: Deliveries,
    private readonly metrics: GatewayMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = repeatedly(INTERVAL_MS, () => this.#take());
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await Promise.all(this.#running);
  }

  /** Adds a job, once per id; beyond the maximum it is dropped and counted. @throws {ProtocolError} UNAVAILABLE */
  async add(id: string, job: Job): Promise<void> {
    const added = await orUnavailable(this.queue.add(id, job, clock.now()));
    if (added !== 'FULL') return;
    this.metrics.notifications.inc({ channel: channelOf(job), result: 'dropped' });
    this.#logger.warn(`The queue of notifications is full; ${job.notification.kind} was dropped`);
  }

  async #take(): Promise<void> {
    const free = MAX_RUNNING - this.#running.size;
    if (free === 0) return;
    const now = clock.now();
    // While Redis is unavailable, nothing is due.
    const taken = await this.queue.take(now, now + TAKEN_MS, free).catch(() => []);
    for (const { id, job } of taken) {
      const run = this.#run(id, job)
        .catch((error: unknown) => this.#logger.debug(error))
        .finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
  }

  async #run(id: string, job: Job): Promise<void> {
    if (clock.now() >= job.expiresAt) {
      if (await this.queue.remove(id))
        this.metrics.notifications.inc({ channel: channelOf(job), result: 'expired' });
    } else if (job.do === 'push' || job.do === 'post') await this.#deliver(id, job);
    else {
      for (const [nextId, next] of await this.deliveries.plan(job)) await this.add(nextId, next);
      await this.queue.remove(id);
    }
  }

  async #deliver(id: string, job: Extract<Job, { do: 'push' | 'post' }>): Promise<void> {
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
