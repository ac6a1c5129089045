import { Controller, Get, Header, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { NodeState } from '#protocol';
import { probeRedis, type RedisClient } from '#store';
import { Metrics } from './metrics.js';
import { PipelineMonitor, type PipelineState } from './pipeline-monitor.js';
import { NODE, REDIS, ROLE } from './tokens.js';

type Health = { ok: true; node: string };

/** `problems` says why positions do not arrive; a gateway stays ready then, because it still stores fixes. */
type Readiness = Health & PipelineState;

/** Health, readiness and metrics of every process, for operators and load balancers. */
@Controller()
export class OpsController {
  constructor(
    @Inject(NODE) private readonly node: string,
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(ROLE) private readonly role: NodeState['role'],
    private readonly metrics: Metrics,
    private readonly pipeline: PipelineMonitor,
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** Answers while the process runs. */
  @Get('healthz')
  alive(): Health {
    return { ok: true, node: this.node };
  }

  /**
   * Answers while the process can serve: Redis accepts writes, and the process is not draining; for a processor, also while
   * every partition has a reader. Refuses with UNAVAILABLE otherwise.
   */
  @Get('readyz')
  @HealthCheck()
  async ready(): Promise<Readiness> {
    await this.health.check([() => this.#redis(), () => this.#partitions()]);
    return { ...this.alive(), ...this.pipeline.state };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4')
  prometheus(): Promise<string> {
    return this.metrics.registry.metrics();
  }

  async #redis() {
    const indicator = this.indicators.check('redis');
    return (await probeRedis(this.redis, this.node)) === null ? indicator.up() : indicator.down();
  }

  async #partitions() {
    const indicator = this.indicators.check('partitions');
    const isUnread = this.role === 'processor' && this.pipeline.state.withoutReader.length > 0;
    return isUnread ? indicator.down() : indicator.up();
  }
}
