import { Injectable } from '@nestjs/common';
import type { DriverStatus, Pushed } from '#protocol';
import type { Identity } from '#realtime';
import { clock, DeclaredOffline, Devices, FleetIndex, orUnavailable } from '#store';
import { PartnerPresence } from '../presence/partner-presence.js';
import { offeredTrip } from '../trips/trip-notifier.js';
import { TripsService } from '../trips/trips.service.js';

type Name = 'trip' | 'presence' | 'offer' | 'status:changed';
export type SnapshotPush = { [E in Name]: { event: E; payload: Pushed<'/driver', E> } }[Name];

/** Status and current trip or offer of a driver who reconnects, because pushes sent in the meantime are lost. */
@Injectable()
export class ReconnectSnapshotService {
  constructor(
    private readonly tripsService: TripsService,
    private readonly partnerPresence: PartnerPresence,
    private readonly index: FleetIndex,
    private readonly offline: DeclaredOffline,
    private readonly devices: Devices,
  ) {}

  /** Yields pushes, for a driver whose room is joined. @throws {ProtocolError} UNAVAILABLE */
  async *of(driver: Identity): AsyncGenerator<SnapshotPush> {
    yield* this.#tripOf(driver);
    yield { event: 'status:changed', payload: await this.#statusOf(driver.userId) };
  }

  async *#tripOf(driver: Identity): AsyncGenerator<SnapshotPush> {
    const trip = await this.tripsService.openOf(driver);
    if (trip === null) return;
    if (trip.offer === null) {
      yield { event: 'trip', payload: trip };
      yield { event: 'presence', payload: await this.partnerPresence.riderOf(trip, driver.userId) };
    } else if (trip.offer.expiresAt > clock.now())
      yield { event: 'offer', payload: offeredTrip(trip, trip.offer) };
  }

  /** The index may not know yet that the driver has gone offline. */
  async #statusOf(driverId: string): Promise<DriverStatus> {
    const [deviceId, isOffline, { record }] = await orUnavailable(
      Promise.all([this.devices.of(driverId), this.offline.has(driverId), this.index.load(driverId)]),
    );
    const isKnown = !isOffline && record?.present === true;
    return { status: isKnown ? record.status : 'offline', deviceId, at: clock.now() };
  }
}
