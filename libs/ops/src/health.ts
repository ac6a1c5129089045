import { Inject, Injectable } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { NodeState } from '#protocol';
import { probeRedis, type RedisClient } from '#store';
import { PipelineMonitor, type PipelineState } from './pipeline-monitor.js';
import { Readiness } from './readiness.js';
import { NODE, REDIS, ROLE } from './tokens.js';

/**
 * `problems` says why positions do not arrive; a gateway stays ready then, because it still stores fixes. `warnings` says by
 * part what an operator should know although the process serves.
 */
export type ReadyDetails = { ok: true; node: string } & PipelineState & {
    warnings?: Readonly<Record<string, string>>;
  };

/** Whether a process can serve, and why not. */
@Injectable()
export class Health {
  constructor(
    @Inject(NODE) private readonly node: string,
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(ROLE) private readonly role: NodeState['role'],
    private readonly readiness: Readiness,
    private readonly pipeline: PipelineMonitor,
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /**
   * Resolves while the process can serve: it has no reason against that, such as draining, and Redis accepts writes; for a
   * processor, also while every partition has a reader.
   * @throws {ServiceUnavailableException} of Nest, with the reasons by part
   */
  async ready(): Promise<ReadyDetails> {
    // First, because a Redis that does not reply takes seconds to fail.
    await this.health.check([() => this.#process()]);
    await this.health.check([() => this.#redis(), () => this.#partitions()]);
    const { warnings } = this.readiness;
    return {
      ok: true,
      node: this.node,
      ...this.pipeline.state,
      ...(Object.keys(warnings).length > 0 && { warnings }),
    };
  }

  #process() {
    const indicator = this.indicators.check('process');
    const { reasons } = this.readiness;
    return Object.keys(reasons).length === 0 ? indicator.up() : indicator.down(reasons);
  }

  async #redis() {
    const indicator = this.indicators.check('redis');
    const problem = (await probeRedis(this.redis, this.node)) ?? this.pipeline.storeProblem;
    return problem === null ? indicator.up() : indicator.down({ problem });
  }

  async #partitions() {
    const indicator = this.indicators.check('partitions');
    const { withoutReader } = this.pipeline.state;
    const isUnread = this.role === 'processor' && withoutReader.length > 0;
    return isUnread ? indicator.down({ withoutReader }) : indicator.up();
  }
}
