import { Controller, Get, Header, Inject } from '@nestjs/common';
import { orUnavailable, type RedisClient } from '#store';
import { Metrics } from './metrics.js';
import { NODE, REDIS } from './tokens.js';

/** What an operator and a load balancer ask of every process. */
@Controller()
export class OpsController {
  constructor(
    @Inject(NODE) private readonly node: string,
    @Inject(REDIS) private readonly redis: RedisClient,
    private readonly metrics: Metrics,
  ) {}

  /** The process runs. */
  @Get('healthz')
  health(): { ok: true; node: string } {
    return { ok: true, node: this.node };
  }

  /** The process can serve: Redis answers. */
  @Get('readyz')
  async ready(): Promise<{ ok: true; node: string }> {
    await orUnavailable(this.redis.ping());
    return this.health();
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4')
  prometheus(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
