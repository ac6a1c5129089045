import { Controller, Get } from '@nestjs/common';
import { HealthCheck } from '@nestjs/terminus';
import { Health } from './health.js';

type Status = { ok: true };

/** Liveness and readiness for load balancers, without details, which {@link MetricsServer} has. */
@Controller()
export class OpsController {
  constructor(private readonly health: Health) {}

  /** Answers while the process runs. */
  @Get('healthz')
  alive(): Status {
    return { ok: true };
  }

  /** Answers while the process can serve, see {@link Health.ready}. Refuses with UNAVAILABLE otherwise. */
  @Get('readyz')
  @HealthCheck()
  async ready(): Promise<Status> {
    await this.health.ready();
    return { ok: true };
  }
}
