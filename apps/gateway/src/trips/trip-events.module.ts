import { Module } from '@nestjs/common';
import { TripEvents } from './trip-events.js';

/** Separate from {@link TripsModule}, so that the features it imports can listen to trip changes. */
@Module({ providers: [TripEvents], exports: [TripEvents] })
export class TripEventsModule {}
