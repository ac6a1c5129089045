import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { REDIS } from '#ops';
import {
  type DriverPosition,
  type DriverState,
  Id,
  type NearbyCar,
  type NearbyDriver,
  NearbyQuery,
  type NodeState,
  Refusal,
} from '#protocol';
import { type Identity, parsed } from '#realtime';
import { Nodes, orUnavailable, type RedisClient, Trips } from '#store';
import { Sight } from '../sight.js';
import { Caller, For, Guarded } from './auth.js';

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
    if (role === 'rider') return { cars: await this.sight.cars(query, query.limit) };
    return { drivers: await this.sight.drivers(query, Date.now()) };
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
