import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { type AuditAction, Id, IdempotencyKey, isOpen, type Trip, TripChange, TripRequest } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { AuditService } from '../audit/audit.service.js';
import { Caller, For, Guarded, IdempotencyKeyHeader } from '../auth/roles.guard.js';
import { TripScheduler } from './trip-scheduler.js';
import { TripsService } from './trips.service.js';

@Guarded()
@Controller('trips')
export class TripsController {
  constructor(
    private readonly tripsService: TripsService,
    private readonly scheduler: TripScheduler,
    private readonly audit: AuditService,
  ) {}

  @Post()
  @For('service', 'dispatcher', 'rider')
  async create(
    @Caller() caller: Identity,
    @Body(new ZodPipe(TripRequest)) request: TripRequest,
    @IdempotencyKeyHeader(new ZodPipe(IdempotencyKey)) key?: string,
  ): Promise<Trip> {
    if (caller.role === 'dispatcher')
      await this.audit.record(caller, 'trip:request', { userId: request.riderId ?? '' });
    const trip = await this.tripsService.request(caller, request, key);
    void this.scheduler.advance(trip.id);
    return trip;
  }

  /** Returns the open trip of a rider or driver, or all open trips for dispatch. */
  @Get()
  @For('service', 'dispatcher', 'driver', 'rider')
  async open(@Caller() caller: Identity): Promise<{ trips: Trip[] }> {
    if (caller.role === 'service' || caller.role === 'dispatcher')
      return { trips: await this.tripsService.open() };
    const trip = await this.tripsService.openOf(caller);
    return { trips: trip === null ? [] : [trip] };
  }

  @Get(':id')
  @For('service', 'dispatcher', 'driver', 'rider')
  get(@Caller() caller: Identity, @Param('id', new ZodPipe(Id)) id: string): Promise<Trip> {
    return this.tripsService.get(caller, id);
  }

  @Patch(':id')
  @For('service', 'dispatcher', 'driver', 'rider')
  async change(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Body(new ZodPipe(TripChange)) wanted: TripChange,
    @IdempotencyKeyHeader(new ZodPipe(IdempotencyKey)) key?: string,
  ): Promise<Trip> {
    if (caller.role === 'dispatcher') await this.audit.record(caller, ...auditEntryOf(id, wanted));
    const trip = await this.tripsService.change(caller, id, wanted, key);
    if (isOpen(trip.state)) void this.scheduler.advance(id);
    return trip;
  }
}

/** Returns the audit entry of a change by dispatch. */
function auditEntryOf(
  tripId: string,
  { state, driverId }: TripChange,
): [action: AuditAction, about: { tripId: string; userId?: string; text?: string }] {
  if (driverId !== undefined) return ['trip:assign', { tripId, userId: driverId }];
  return state === 'cancelled' ? ['trip:cancel', { tripId }] : ['trip:change', { tripId, text: state }];
}
