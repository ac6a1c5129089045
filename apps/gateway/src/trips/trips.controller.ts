import { Body, Controller, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import {
  type AuditAction,
  type DeclinedTrip,
  Id,
  IdempotencyKey,
  isOpen,
  type Trip,
  TripChange,
  TripRating,
  TripRequest,
  type TripRoute,
} from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { AuditService } from '../audit/audit.service.js';
import { Caller, For, Guarded, IdempotencyKeyHeader, InScope } from '../auth/roles.guard.js';
import { ScopeService } from '../auth/scope.service.js';
import { TripScheduler } from './trip-scheduler.js';
import { TripsService } from './trips.service.js';

@Guarded()
@Controller('trips')
export class TripsController {
  constructor(
    private readonly tripsService: TripsService,
    private readonly scheduler: TripScheduler,
    private readonly audit: AuditService,
    private readonly scope: ScopeService,
  ) {}

  @Post()
  @InScope('own')
  @For('service', 'dispatcher', 'rider')
  async create(
    @Caller() caller: Identity,
    @Body(new ZodPipe(TripRequest)) request: TripRequest,
    @IdempotencyKeyHeader(new ZodPipe(IdempotencyKey)) key?: string,
  ): Promise<Trip> {
    if (request.driverId !== undefined) await this.scope.user(caller, request.driverId, 'driver');
    if (isStaff(caller))
      await this.audit.record(caller, 'trip:request', { userId: request.riderId ?? '' }, key);
    const trip = await this.tripsService.request(caller, request, key);
    void this.scheduler.run(trip.id);
    return trip;
  }

  /** Returns the open trip of a rider or driver, or all open trips for dispatch. */
  @Get()
  @InScope('own')
  @For('service', 'dispatcher', 'driver', 'rider')
  async open(@Caller() caller: Identity): Promise<{ trips: Trip[] }> {
    if (caller.role === 'service' || caller.role === 'dispatcher')
      return { trips: await this.tripsService.open(caller) };
    const trip = await this.tripsService.openOf(caller);
    return { trips: trip === null ? [] : [trip] };
  }

  @Get(':id')
  @InScope('own')
  @For('service', 'dispatcher', 'driver', 'rider')
  get(@Caller() caller: Identity, @Param('id', new ZodPipe(Id)) id: string): Promise<Trip> {
    return this.tripsService.get(caller, id);
  }

  @Get(':id/route')
  @InScope('own')
  @For('service', 'dispatcher', 'driver', 'rider')
  route(@Caller() caller: Identity, @Param('id', new ZodPipe(Id)) id: string): Promise<TripRoute> {
    return this.tripsService.route(caller, id);
  }

  @Post(':id/rating')
  @HttpCode(200)
  @For('rider')
  rate(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Body(new ZodPipe(TripRating)) { stars }: TripRating,
  ): Promise<Trip> {
    return this.tripsService.rate(caller, id, stars);
  }

  @Patch(':id')
  @InScope('own')
  @For('service', 'dispatcher', 'driver', 'rider')
  async change(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Body(new ZodPipe(TripChange)) wanted: TripChange,
    @IdempotencyKeyHeader(new ZodPipe(IdempotencyKey)) key?: string,
  ): Promise<Trip | DeclinedTrip> {
    if (wanted.driverId !== undefined) await this.scope.user(caller, wanted.driverId, 'driver');
    if (isStaff(caller)) await this.audit.record(caller, ...auditEntryOf(id, wanted), key);
    const trip = await this.tripsService.change(caller, id, wanted, key);
    if (isOpen(trip.state)) void this.scheduler.run(id);
    return trip;
  }
}

const isStaff = ({ role }: Identity): boolean => role === 'dispatcher' || role === 'service';

/** Returns the audit entry of a change by dispatch or a service. */
function auditEntryOf(
  tripId: string,
  { state, driverId }: TripChange,
): [action: AuditAction, about: { tripId: string; userId?: string; text?: string }] {
  if (driverId !== undefined) return ['trip:assign', { tripId, userId: driverId }];
  return state === 'cancelled' ? ['trip:cancel', { tripId }] : ['trip:change', { tripId, text: state }];
}
