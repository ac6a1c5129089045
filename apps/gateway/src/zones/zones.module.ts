import { Logger, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PublishedZones } from '#store';
import { AuditModule } from '../audit/audit.module.js';
import { FleetModule } from '../fleet/fleet.module.js';
import { ZoneDraftsService } from './zone-drafts.service.js';
import { ZonesController } from './zones.controller.js';
import { ZonesGateway } from './zones.gateway.js';
import { ZonesService } from './zones.service.js';

/** Editing and publishing of zones; loads what is published for all features. */
@Module({
  imports: [AuditModule, FleetModule],
  controllers: [ZonesController],
  providers: [ZoneDraftsService, ZonesService, ZonesGateway],
})
export class ZonesModule implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('zones');

  constructor(private readonly published: PublishedZones) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.published.start({
      unreadable: (region, version, error) =>
        this.#logger.error({ message: 'published zones cannot be read', region, version, err: error }),
    });
  }

  onApplicationShutdown(): void {
    this.published.stop();
  }
}
