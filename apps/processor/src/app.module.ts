import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '#config';
import { BroadcastModule } from './broadcast/broadcast.module.js';
import { HubModule } from './hub/hub.module.js';
import { InfrastructureModule } from './infrastructure.module.js';
import { PartitionRunner } from './pipeline/partition-runner.js';
import { PipelineModule } from './pipeline/pipeline.module.js';
import { SamplingModule } from './sampling/sampling.module.js';
import { SweepModule } from './sweep/sweep.module.js';
import { ZonesModule } from './zones/zones.module.js';

/** The processor: infrastructure, one module per feature, and the loops that drive them. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's pattern for a module with parameters
export class AppModule {
  static forRoot(config: Config, node: string): DynamicModule {
    return {
      module: AppModule,
      imports: [
        InfrastructureModule.forRoot(config, node),
        HubModule,
        SamplingModule,
        BroadcastModule,
        PipelineModule,
        SweepModule,
        ZonesModule,
      ],
      providers: [PartitionRunner],
    };
  }
}
