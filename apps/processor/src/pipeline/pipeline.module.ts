import { createHash } from 'node:crypto';
import { Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Metrics, NODE, Tracing } from '#ops';
import { DriverLogs, FleetIndex } from '#store';
import { BroadcastModule } from '../broadcast/broadcast.module.js';
import { CellBroadcaster } from '../broadcast/cell-broadcaster.js';
import { DriverBroadcaster } from '../broadcast/driver-broadcaster.js';
import { ZoneTracker } from '../zones/zone-tracker.js';
import { ZonesModule } from '../zones/zones.module.js';
import { Processor } from './processor.js';

@Module({
  imports: [BroadcastModule, ZonesModule],
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
        zones: ZoneTracker,
        logs: DriverLogs,
        tracing: Tracing,
      ) =>
        new Processor(
          index,
          driverBroadcaster,
          cellBroadcaster,
          metrics,
          tagOf(node),
          silentMs,
          zones,
          logs,
          tracing,
        ),
      inject: [
        FleetIndex,
        DriverBroadcaster,
        CellBroadcaster,
        Metrics,
        NODE,
        CONFIG,
        ZoneTracker,
        DriverLogs,
        Tracing,
      ],
    },
  ],
  exports: [Processor],
})
export class PipelineModule {}

/** Tag of a node for versions, 0 to 999. One pair of nodes in a thousand shares a tag; its versions then differ by the clock. */
const tagOf = (node: string): number => createHash('md5').update(node).digest().readUInt32LE(0) % 1_000;
