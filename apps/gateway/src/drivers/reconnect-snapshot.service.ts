import { Injectable } from '@nestjs/common';
import type { Pushed } from '#protocol';
import type { Identity } from '#realtime';
import { clock } from '#store';
import { PartnerPresence } from '../presence/partner-presence.js';
import { offeredTrip } from '../trips/trip-notifier.js';
import { TripsService } from '../trips/trips.service.js';

type Name = 'trip' | 'presence' | 'offer';
export type SnapshotPush = { [E in Name]: { event: E; payload: Pushed<'/driver', E> } }[Name];

/** Current trip or offer of a driver who reconnects, because pushes sent in the meantime are lost. */
@Injectable()
export class ReconnectSnapshotService {
  constructor(
    private readonly tripsService: TripsService,
    private readonly partnerPresence: PartnerPresence,
  ) {}

  /** Yields pushes, for a driver whose room is joined. @throws {ProtocolError} UNAVAILABLE */
  async *of(driver: Identity): AsyncGenerator<SnapshotPush> {
    const trip = await this.tripsService.openOf(driver);
    if (trip === null) return;
    if (trip.offer === null) {
      yield { event: 'trip', payload: trip };
      yield { event: 'presence', payload: await this.partnerPresence.riderOf(trip, driver.userId) };
    } else if (trip.offer.expiresAt > clock.now())
      yield { event: 'offer', payload: offeredTrip(trip, trip.offer) };
  }
}
