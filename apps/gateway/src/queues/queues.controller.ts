import { Controller, Get, Param } from '@nestjs/common';
import { ProtocolError, type QueueState, Region, ZoneId } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { orUnavailable } from '#store';
import { waitingIn, waitS } from '#zones';
import { Caller, For, Guarded, InScope } from '../auth/roles.guard.js';
import { ScopeService } from '../auth/scope.service.js';
import { QueuesService } from './queues.service.js';
import { ZoneRulesService } from './zone-rules.service.js';

@Guarded()
@Controller('zones')
export class QueuesController {
  constructor(
    private readonly queues: QueuesService,
    private readonly zones: ZoneRulesService,
    private readonly scope: ScopeService,
  ) {}

  @Get(':region/queues/:zoneId')
  @InScope('region')
  @For('service', 'dispatcher')
  async queue(
    @Caller() caller: Identity,
    @Param('region', new ZodPipe(Region)) region: string,
    @Param('zoneId', new ZodPipe(ZoneId)) zoneId: string,
  ): Promise<QueueState> {
    const zone = this.zones.find(region, zoneId)?.zone;
    if (zone?.kind !== 'queue') throw new ProtocolError('NO_SUCH_QUEUE');
    const queues = [...(await orUnavailable(this.queues.read(region, zoneId)))];
    queues.sort(([a], [b]) => (a < b ? -1 : 1));
    const drivers = queues.flatMap(([vehicleClass, queue]) =>
      waitingIn(queue).map(({ driverId, order: since }, i) => ({
        driverId,
        vehicleClass,
        place: i + 1,
        since,
        waitS: waitS(queue, i + 1),
      })),
    );
    return {
      region,
      zoneId,
      name: zone.name,
      departures: queues.reduce((sum, [, { departures }]) => sum + departures.length, 0),
      drivers: await this.scope.ofFleet(drivers, caller, ({ driverId }) => driverId),
    };
  }
}
