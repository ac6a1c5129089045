import { Controller, Get, Header, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { NodeState } from '#protocol';
import { probeRedis, type RedisClient } from '#store';
import { Metrics } from './metrics.js';
import { PipelineMonitor, type PipelineState } from './pipeline-monitor.js';
import { Readiness } from './readiness.js';
import { NODE, REDIS, ROLE } from './tokens.js';

type Health = { ok: true; node: string };

/**
 * `problems` says why positions do not arrive; a gateway stays ready then, because it still stores fixes. `warnings` says by
 * part what an operator should know although the process serves.
 */
type Ready = Health & PipelineState & { warnings?: Readonly<Record<string, string>> };

/** Health, readiness and metrics of every process, for operators and load balancers. */
@Controller()
export class OpsController {
  constructor(
    @Inject(NODE) private readonly node: string,
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(ROLE) private readonly role: NodeState['role'],
    private readonly metrics: Metrics,
    private readonly readiness: Readiness,
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
   * Answers while the process can serve: it has no reason against that, such as draining, and Redis accepts writes; for a
   * processor, also while every partition has a reader. Refuses with UNAVAILABLE otherwise.
   */
  @Get('readyz')
  @HealthCheck()
  async ready(): Promise<Ready> {
    // First, because a Redis that does not reply takes seconds to fail.
    await this.health.check([() => this.#process()]);
    await this.health.check([() => this.#redis(), () => this.#partitions()]);
    const { warnings } = this.readiness;
    return {
      ...this.alive(),
      ...this.pipeline.state,
      ...(Object.keys(warnings).length > 0 && { warnings }),
    };
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
    const problem = (await probeRedis(this.redis, this.node)) ?? this.pipeline.storeProblem;
    return problem === null ? indicator.up() : indicator.down();
  }

  async #partitions() {
    const indicator = this.indicators.check('partitions');
    const isUnread = this.role === 'processor' && this.pipeline.state.withoutReader.length > 0;
    return isUnread ? indicator.down() : indicator.up();
  }
}
