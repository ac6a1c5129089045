import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { type AuditAction, Id, IdempotencyKey, isOpen, type Trip, TripChange, TripRequest } from '#protocol';
import { type Identity, parsed } from '#realtime';
import { HandDesk } from '../actions/dispatch-actions.service.js';
import { Caller, For, Guarded, Key } from '../auth/roles.guard.js';
import { TripKeeper } from './trip-scheduler.js';
import { TripDesk } from './trips.service.js';

@Guarded()
@Controller('trips')
export class TripsController {
  constructor(
    private readonly desk: TripDesk,
    private readonly keeper: TripKeeper,
    private readonly hands: HandDesk,
  ) {}

  @Post()
  @For('service', 'dispatcher', 'rider')
  async create(
    @Caller() caller: Identity,
    @Body(parsed(TripRequest)) request: TripRequest,
    @Key(parsed(IdempotencyKey)) key?: string,
  ): Promise<Trip> {
    if (caller.role === 'dispatcher')
      await this.hands.note(caller, 'trip:request', { userId: request.riderId ?? '' });
    const trip = await this.desk.request(caller, request, key);
    void this.keeper.look(trip.id);
    return trip;
  }

  /** Of a rider or a driver, its own; of dispatch, all that are open. */
  @Get()
  @For('service', 'dispatcher', 'driver', 'rider')
  async open(@Caller() caller: Identity): Promise<{ trips: Trip[] }> {
    if (caller.role === 'service' || caller.role === 'dispatcher') return { trips: await this.desk.open() };
    const trip = await this.desk.openOf(caller);
    return { trips: trip === null ? [] : [trip] };
  }

  @Get(':id')
  @For('service', 'dispatcher', 'driver', 'rider')
  get(@Caller() caller: Identity, @Param('id', parsed(Id)) id: string): Promise<Trip> {
    return this.desk.get(caller, id);
  }

  @Patch(':id')
  @For('service', 'dispatcher', 'driver', 'rider')
  async change(
    @Caller() caller: Identity,
    @Param('id', parsed(Id)) id: string,
    @Body(parsed(TripChange)) wanted: TripChange,
    @Key(parsed(IdempotencyKey)) key?: string,
  ): Promise<Trip> {
    if (caller.role === 'dispatcher') await this.hands.note(caller, ...byHand(id, wanted));
    const trip = await this.desk.change(caller, id, wanted, key);
    if (isOpen(trip.state)) void this.keeper.look(id);
    return trip;
  }
}

/** How the audit calls a change of a trip. */
function byHand(
  tripId: string,
  { state, driverId }: TripChange,
): [action: AuditAction, about: { tripId: string; userId?: string; text?: string }] {
  if (driverId !== undefined) return ['trip:assign', { tripId, userId: driverId }];
  return state === 'cancelled' ? ['trip:cancel', { tripId }] : ['trip:change', { tripId, text: state }];
}
