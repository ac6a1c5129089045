import { Injectable } from '@nestjs/common';
import type { Pushed } from '#protocol';
import type { Identity } from '#realtime';
import { Partners } from '../presence/partner-presence.js';
import { offeredTrip } from '../trips/trip-notifier.js';
import { TripDesk } from '../trips/trips.service.js';

type Greeted = {
  [E in 'trip' | 'presence' | 'offer']: [event: E, payload: Pushed<'/driver', E>];
}['trip' | 'presence' | 'offer'];

/** What was pushed while a driver was not there is gone; where its trip stands is told again. */
@Injectable()
export class Greeting {
  constructor(
    private readonly desk: TripDesk,
    private readonly partners: Partners,
  ) {}

  /** Events with their payloads, for a driver whose room is joined. @throws {Refusal} UNAVAILABLE */
  async *of(driver: Identity): AsyncGenerator<Greeted> {
    const trip = await this.desk.openOf(driver);
    if (trip === null) return;
    if (trip.offer === null) {
      yield ['trip', trip];
      yield ['presence', await this.partners.riderOf(trip, driver.userId)];
    } else if (trip.offer.expiresAt > Date.now()) yield ['offer', offeredTrip(trip, trip.offer)];
  }
}
