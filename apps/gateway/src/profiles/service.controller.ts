import { Controller, Get, Query } from '@nestjs/common';
import { regionAt, regionsAround } from '#geo/cells';
import { type ServiceHere, ServiceQuery, type Zone } from '#protocol';
import { ALL_RIGHTS, type Identity, ZodPipe } from '#realtime';
import { orUnavailable, PublishedZones } from '#store';
import { Caller, Costs, For, Guarded, InScope } from '../auth/roles.guard.js';
import { assertRegion, coversRegion } from '../auth/scope.service.js';
import { viewFor } from '../zones/zone-views.js';
import { OfferedClasses } from './offered-classes.js';

@Guarded()
@Controller('service')
export class ServiceController {
  constructor(
    private readonly zones: PublishedZones,
    private readonly classes: OfferedClasses,
  ) {}

  /** Returns what is offered at a place: the zones around it, and the classes of vehicles. */
  @Get()
  @InScope('own')
  @Costs(5)
  @For('service', 'dispatcher', 'driver', 'rider')
  async here(
    @Caller() caller: Identity,
    @Query(new ZodPipe(ServiceQuery)) place: ServiceQuery,
  ): Promise<ServiceHere> {
    const { role } = caller;
    // Regions limit staff only: riders and drivers may ask about any place.
    const limits = role === 'dispatcher' || role === 'service' ? caller : ALL_RIGHTS;
    assertRegion(limits, regionAt(place));
    const around = regionsAround(place).filter((region) => coversRegion(limits, region));
    const zones = around.flatMap((region): Zone[] => {
      const version = this.zones.at(region);
      return version === null ? [] : viewFor(role, version).zones;
    });
    return { zones, vehicleClasses: await orUnavailable(this.classes.at(place)) };
  }
}
