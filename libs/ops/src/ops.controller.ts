import { Controller, Get, Header, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { RedisClient } from '#store';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';
import { NODE, REDIS } from './tokens.js';

type Health = { ok: true; node: string };

/** Health, readiness and metrics of every process, for operators and load balancers. */
@Controller()
export class OpsController {
  constructor(
    @Inject(NODE) private readonly node: string,
    @Inject(REDIS) private readonly redis: RedisClient,
    private readonly metrics: Metrics,
    private readonly readiness: Readiness,
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** Answers while the process runs. */
  @Get('healthz')
  alive(): Health {
    return { ok: true, node: this.node };
  }

  /** Answers while the process can serve: Redis replies, and it is not draining. Refuses with UNAVAILABLE otherwise. */
  @Get('readyz')
  @HealthCheck()
  async ready(): Promise<Health & { warnings?: Readonly<Record<string, string>> }> {
    // First, because a Redis that does not reply takes seconds to fail.
    await this.health.check([() => this.#process()]);
    await this.health.check([() => this.#redis()]);
    const { warnings } = this.readiness;
    return { ...this.alive(), ...(Object.keys(warnings).length > 0 && { warnings }) };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4')
  prometheus(): Promise<string> {
    return this.metrics.registry.metrics();
  }

  #process() {
    const indicator = this.indicators.check('process');
    const { reasons } = this.readiness;
    return Object.keys(reasons).length === 0 ? indicator.up() : indicator.down(reasons);
  }

  async #redis() {
    const indicator = this.indicators.check('redis');
    return this.redis.ping().then(
      () => indicator.up(),
      () => indicator.down(),
    );
  }
}
