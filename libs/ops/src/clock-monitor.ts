import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { clock, MAX_CLOCK_OFFSET_MS, type RedisClient, readTime } from '#store';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';
import { repeatedly } from './repeatedly.js';

const INTERVAL_MS = 5_000;

/** Keeps measuring the clock of Redis, and reports when that of this machine differs. */
export class ClockMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('clock');
  #timer: NodeJS.Timeout | null = null;
  #isOff = false;

  constructor(
    private readonly redis: RedisClient,
    private readonly metrics: Metrics,
    private readonly readiness: Readiness,
  ) {}

  onApplicationBootstrap(): void {
    this.#report();
    this.#timer = repeatedly(INTERVAL_MS, async () => {
      // While Redis is unavailable, the last measurement is still right.
      await clock.measure(() => readTime(this.redis, {})).catch(() => {});
      this.#report();
    });
  }

  onApplicationShutdown(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #report(): void {
    const { offsetMs } = clock;
    this.metrics.clockOffset.set(offsetMs / 1_000);
    const isOff = Math.abs(offsetMs) > MAX_CLOCK_OFFSET_MS;
    const text = `the clock of this machine is ${offsetMs} ms ahead of Redis; the time of Redis is used`;
    this.readiness.warn('clock', isOff ? text : null);
    if (isOff && !this.#isOff) this.#logger.warn(text);
    if (!isOff && this.#isOff) this.#logger.log('the clock of this machine agrees with Redis again');
    this.#isOff = isOff;
  }
}
