import { createHash } from 'node:crypto';
import { Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Metrics, NODE } from '#ops';
import { FleetIndex } from '#store';
import { BroadcastModule } from '../broadcast/broadcast.module.js';
import { CellBroadcaster } from '../broadcast/cell-broadcaster.js';
import { DriverBroadcaster } from '../broadcast/driver-broadcaster.js';
import { Processor } from './processor.js';

@Module({
  imports: [BroadcastModule],
  providers: [
    {
      provide: Processor,
      useFactory: (
        index: FleetIndex,
        driverBroadcaster: DriverBroadcaster,
        cellBroadcaster: CellBroadcaster,
        metrics: Metrics,
        node: string,
        { silentMs }: Config,
      ) => new Processor(index, driverBroadcaster, cellBroadcaster, metrics, tagOf(node), silentMs),
      inject: [FleetIndex, DriverBroadcaster, CellBroadcaster, Metrics, NODE, CONFIG],
    },
  ],
  exports: [Processor],
})
export class PipelineModule {}

/** Tag of a node for versions, 0 to 999. One pair of nodes in a thousand shares a tag; its versions then differ by the clock. */
const tagOf = (node: string): number => createHash('md5').update(node).digest().readUInt32LE(0) % 1_000;
