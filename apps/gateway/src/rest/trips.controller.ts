import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { Id, Refusal, type Trip, TripChange, TripRequest, type TripState } from '#protocol';
import { type Identity, parsed } from '#realtime';
import { TripDesk } from '../trip-desk.js';
import { Caller, For, Guarded } from './auth.js';

@Guarded()
@Controller('trips')
export class TripsController {
  constructor(private readonly desk: TripDesk) {}

  @Post()
  @For('service', 'dispatcher')
  create(@Body(parsed(TripRequest)) request: TripRequest): Promise<Trip> {
    return this.desk.open(request);
  }

  @Get(':id')
  @For('service', 'dispatcher', 'driver', 'rider')
  get(@Caller() caller: Identity, @Param('id', parsed(Id)) id: string): Promise<Trip> {
    return this.#own(caller, id);
  }

  @Patch(':id')
  @For('service', 'dispatcher', 'driver', 'rider')
  async change(
    @Caller() caller: Identity,
    @Param('id', parsed(Id)) id: string,
    @Body(parsed(TripChange)) { state }: { state: TripState },
  ): Promise<Trip> {
    await this.#own(caller, id);
    // A rider may only call it off; the steps of the way are the driver's.
    if (caller.role === 'rider' && state !== 'cancelled') throw new Refusal('WRONG_ROLE');
    return this.desk.change(id, state);
  }

  /** @throws {Refusal} NOT_YOUR_TRIP to a driver or rider that is not of this trip */
  async #own(caller: Identity, id: string): Promise<Trip> {
    const trip = await this.desk.get(id);
    const party = {
      driver: trip.driverId,
      rider: trip.riderId,
      dispatcher: caller.userId,
      service: caller.userId,
    }[caller.role];
    if (party !== caller.userId) throw new Refusal('NOT_YOUR_TRIP');
    return trip;
  }
}
