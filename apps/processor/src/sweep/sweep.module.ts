import { Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import { FleetIndex } from '#store';
import { PipelineModule } from '../pipeline/pipeline.module.js';
import { Processor } from '../pipeline/processor.js';
import { Sweeper } from './sweeper.js';

@Module({
  imports: [PipelineModule],
  providers: [
    {
      provide: Sweeper,
      useFactory: (index: FleetIndex, processor: Processor, { silentMs }: Config) =>
        new Sweeper(index, processor, silentMs),
      inject: [FleetIndex, Processor, CONFIG],
    },
  ],
  exports: [Sweeper],
})
export class SweepModule {}
