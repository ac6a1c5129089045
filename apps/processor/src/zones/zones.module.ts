import { Injectable, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Metrics, repeatedly } from '#ops';
import { Hub } from '#realtime';
import { PublishedZones, Tracks, ZoneIndexes, ZoneMembers, ZoneQueues } from '#store';
import { ZoneDecisions } from './zone-decisions.js';
import { ZoneTracker } from './zone-tracker.js';

/** Interval at which it is checked whether other zones took effect. */
const REVISE_INTERVAL_MS = 250;

/** Keeps the published zones up to date, and decides again on drivers when others take effect. */
@Injectable()
export class ZoneRevisions implements OnApplicationShutdown {
  readonly #logger = new Logger('zones');
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly zones: PublishedZones,
    private readonly indexes: ZoneIndexes,
    private readonly tracker: ZoneTracker,
  ) {}

  /** Loads the zones; call it before fixes are read. */
  async start(): Promise<void> {
    await this.zones.start({
      unreadable: (region, version, error) =>
        this.#logger.error(`Version ${version} of the zones of ${region} is not readable: ${error.message}`),
    });
    await this.indexes.start();
    this.#timer = repeatedly(REVISE_INTERVAL_MS, () =>
      this.tracker.revise().catch((error: Error) => this.#logger.warn(error.message)),
    );
  }

  onApplicationShutdown(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.indexes.stop();
    this.zones.stop();
  }
}

@Module({
  providers: [
    {
      provide: ZoneDecisions,
      useFactory: (members: ZoneMembers, queues: ZoneQueues, hub: Hub, metrics: Metrics) =>
        new ZoneDecisions(members, queues, hub, metrics),
      inject: [ZoneMembers, ZoneQueues, Hub, Metrics],
    },
    {
      provide: ZoneTracker,
      useFactory: (indexes: ZoneIndexes, decisions: ZoneDecisions, tracks: Tracks) =>
        new ZoneTracker(indexes, decisions, tracks, (driverId, error) =>
          new Logger('zones').error(`The zones of driver ${driverId} could not be decided: ${error.message}`),
        ),
      inject: [ZoneIndexes, ZoneDecisions, Tracks],
    },
    ZoneRevisions,
  ],
  exports: [ZoneTracker, ZoneRevisions],
})
export class ZonesModule {}
