import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { contains, type Point } from '#geo';
import { coverBbox, coverPolygon } from '#geo/cells';
import { REDIS } from '#ops';
import {
  type Bbox,
  type DriverPosition,
  type DriverState,
  FleetQuery,
  type FleetView,
  Id,
  type NearbyCar,
  type NearbyDriver,
  NearbyQuery,
  type NodeState,
  Refusal,
} from '#protocol';
import { type Identity, parsed } from '#realtime';
import { Nodes, orUnavailable, type RedisClient, Trips } from '#store';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
import { Sight } from './fleet-view.service.js';

@Guarded()
@Controller()
export class FleetController {
  readonly #nodes: Nodes;

  constructor(
    private readonly sight: Sight,
    private readonly trips: Trips,
    @Inject(REDIS) redis: RedisClient,
  ) {
    this.#nodes = new Nodes(redis);
  }

  @Get('nearby')
  @For('service', 'dispatcher', 'rider')
  async nearby(
    @Caller() { role }: Identity,
    @Query(parsed(NearbyQuery)) query: NearbyQuery,
  ): Promise<{ drivers: NearbyDriver[] } | { cars: NearbyCar[] }> {
    const now = Date.now();
    if (role === 'rider') return { cars: await this.sight.cars(query, now, query.limit) };
    return { drivers: await this.sight.drivers(query, now) };
  }

  /** The vehicles of an area, or how many are in each cell when they are more than asked for. */
  @Get('fleet')
  @For('service', 'dispatcher')
  fleet(
    @Query(parsed(FleetQuery)) { bbox, polygon, limit }: FleetQuery,
  ): Promise<Omit<FleetView, 'left' | 'regions'>> {
    const cells = bbox === undefined ? coverPolygon(polygon!) : coverBbox(bbox);
    if (cells === null) throw new Refusal('AREA_TOO_LARGE');
    const ring = polygon ?? cornersOf(bbox!);
    return this.sight.within({ cells, contains: (position) => contains(ring, position) }, limit);
  }

  @Get('drivers/:id')
  @For('service', 'dispatcher')
  driver(@Param('id', parsed(Id)) id: string): Promise<DriverState> {
    return this.sight.driver(id, Date.now());
  }

  /** A rider sees the driver of its open trip, a driver itself. */
  @Get('drivers/:id/position')
  @For('service', 'dispatcher', 'rider', 'driver')
  async position(@Caller() caller: Identity, @Param('id', parsed(Id)) id: string): Promise<DriverPosition> {
    if (caller.role === 'driver' && caller.userId !== id) throw new Refusal('WRONG_ROLE');
    if (caller.role === 'rider') {
      const trip = await orUnavailable(this.trips.openOf(id));
      if (trip?.riderId !== caller.userId) throw new Refusal('NOT_YOUR_TRIP');
    }
    const position = await this.sight.position(id);
    if (position === null) throw new Refusal('NO_SUCH_DRIVER');
    return position;
  }

  @Get('nodes')
  @For('service', 'dispatcher')
  async nodes(): Promise<{ nodes: NodeState[] }> {
    return { nodes: await orUnavailable(this.#nodes.alive(Date.now())) };
  }
}

const cornersOf = ([west, south, east, north]: Bbox): Point[] => [
  { lat: south, lng: west },
  { lat: south, lng: east },
  { lat: north, lng: east },
  { lat: north, lng: west },
];
