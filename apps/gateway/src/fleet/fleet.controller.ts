import { Controller, Get, Param, Query } from '@nestjs/common';
import { contains, inBbox, type Point } from '#geo';
import { coverBbox, coverPolygon } from '#geo/cells';
import {
  type DriverPosition,
  type DriverState,
  FleetQuery,
  type FleetView,
  Id,
  type NearbyCar,
  type NearbyDriver,
  NearbyQuery,
  type NodeState,
  ProtocolError,
} from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { clock, Nodes, orUnavailable, Trips } from '#store';
import { AuditService } from '../audit/audit.service.js';
import { Caller, For, Guarded, InScope } from '../auth/roles.guard.js';
import { FleetViewService } from './fleet-view.service.js';

@Guarded()
@Controller()
export class FleetController {
  constructor(
    private readonly fleetView: FleetViewService,
    private readonly trips: Trips,
    private readonly nodeStore: Nodes,
    private readonly audit: AuditService,
  ) {}

  @Get('nearby')
  @InScope('own')
  @For('service', 'dispatcher', 'rider')
  async nearby(
    @Caller() caller: Identity,
    @Query(new ZodPipe(NearbyQuery)) query: NearbyQuery,
  ): Promise<{ drivers: NearbyDriver[] } | { cars: NearbyCar[] }> {
    await this.audit.view(caller, 'fleet:view');
    if (caller.role === 'rider') return { cars: await this.fleetView.cars(query, caller, query.limit) };
    return { drivers: await this.fleetView.drivers(query, clock.now(), caller) };
  }

  /** Returns the vehicles of an area, or their number per cell when there are more than `limit`. */
  @Get('fleet')
  @InScope('own')
  @For('service', 'dispatcher')
  async fleet(
    @Caller() caller: Identity,
    @Query(new ZodPipe(FleetQuery)) { bbox, polygon, limit }: FleetQuery,
  ): Promise<Omit<FleetView, 'removedCells' | 'regions'>> {
    const cells = bbox === undefined ? coverPolygon(polygon!) : coverBbox(bbox);
    if (cells === null) throw new ProtocolError('AREA_TOO_LARGE');
    const isInside = bbox === undefined ? (position: Point) => contains(polygon!, position) : inBbox(bbox);
    await this.audit.view(caller, 'fleet:view');
    return this.fleetView.within({ cells, contains: isInside }, limit, caller);
  }

  @Get('drivers/:id')
  @InScope('driver')
  @For('service', 'dispatcher')
  async driver(@Caller() caller: Identity, @Param('id', new ZodPipe(Id)) id: string): Promise<DriverState> {
    await this.audit.view(caller, 'driver:view', { userId: id });
    return this.fleetView.driver(id, clock.now());
  }

  /** Returns a position: riders may ask for the driver of their open trip, drivers for themselves. */
  @Get('drivers/:id/position')
  @InScope('driver')
  @For('service', 'dispatcher', 'rider', 'driver')
  async position(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
  ): Promise<DriverPosition> {
    if (caller.role === 'driver' && caller.userId !== id) throw new ProtocolError('WRONG_ROLE');
    if (caller.role === 'rider') {
      const trip = await orUnavailable(this.trips.openOf(id));
      if (trip?.riderId !== caller.userId) throw new ProtocolError('NOT_YOUR_TRIP');
    }
    await this.audit.view(caller, 'driver:view', { userId: id });
    const position = await this.fleetView.position(id);
    if (position === null) throw new ProtocolError('NO_SUCH_DRIVER');
    return position;
  }

  @Get('nodes')
  @For('service', 'dispatcher')
  async nodes(): Promise<{ nodes: NodeState[] }> {
    return { nodes: await orUnavailable(this.nodeStore.alive(clock.now())) };
  }
}
