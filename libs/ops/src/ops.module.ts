import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { Config } from '#config';
import type { NodeState } from '#protocol';
import { FixAppender, Nodes, type RedisClient, ReporterLease, Trips } from '#store';
import { ClockMonitor } from './clock-monitor.js';
import { Health } from './health.js';
import { Heartbeat } from './heartbeat.js';
import { InstallationMetrics } from './installation-metrics.js';
import { Metrics } from './metrics.js';
import { MetricsServer } from './metrics-server.js';
import { OpsController } from './ops.controller.js';
import { PipelineMonitor } from './pipeline-monitor.js';
import { Readiness } from './readiness.js';
import { CONFIG, NODE, REDIS, ROLE } from './tokens.js';
import { createTracing, Tracing } from './tracing.js';

/** Provides metrics and the heartbeat, and serves health, readiness and, at a port of their own, metrics. */
@Global()
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's pattern for a module with parameters
export class OpsModule {
  static forRoot(role: NodeState['role']): DynamicModule {
    return {
      module: OpsModule,
      // Its logger would write an error for every probe that fails; the loss of Redis is logged once.
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [OpsController],
      providers: [
        Readiness,
        Health,
        MetricsServer,
        {
          provide: ClockMonitor,
          useFactory: (redis: RedisClient, metrics: Metrics, readiness: Readiness) =>
            new ClockMonitor(redis, metrics, readiness),
          inject: [REDIS, Metrics, Readiness],
        },
        { provide: Metrics, useFactory: (node: string) => new Metrics(node), inject: [NODE] },
        {
          provide: Heartbeat,
          useFactory: (nodes: Nodes, node: string, metrics: Metrics, pipeline: PipelineMonitor) => {
            const heartbeat = new Heartbeat(nodes, { node, role }, metrics);
            heartbeat.include('lag', () => pipeline.state.backlog);
            return heartbeat;
          },
          inject: [Nodes, NODE, Metrics, PipelineMonitor],
        },
        {
          provide: PipelineMonitor,
          useFactory: (appender: FixAppender, redis: RedisClient, node: string, metrics: Metrics) =>
            new PipelineMonitor(appender, redis, node, metrics),
          inject: [FixAppender, REDIS, NODE, Metrics],
        },
        {
          provide: InstallationMetrics,
          useFactory: (
            redis: RedisClient,
            { prefix }: Config,
            pipeline: PipelineMonitor,
            nodes: Nodes,
            trips: Trips,
          ) => new InstallationMetrics(new ReporterLease(redis), prefix, { pipeline, nodes, trips }),
          inject: [REDIS, CONFIG, PipelineMonitor, Nodes, Trips],
        },
        {
          provide: Tracing,
          useFactory: (config: Config, node: string) => createTracing(config, role, node),
          inject: [CONFIG, NODE],
        },
        { provide: ROLE, useValue: role },
      ],
      exports: [Metrics, Heartbeat, Readiness, PipelineMonitor, Tracing],
    };
  }
}
