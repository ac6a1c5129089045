import { Injectable } from '@nestjs/common';
import { type Notice, type NoticeRequest, ProtocolError } from '#protocol';
import { clock, ExpiringKeys, orUnavailable, Trips } from '#store';
import { type Actor, withdraw } from '#trips';
import { AuditService } from '../audit/audit.service.js';
import { FixIngestService } from '../drivers/fix-ingest.service.js';
import { FeedsService } from '../feeds/feeds.service.js';
import { TripsService } from '../trips/trips.service.js';

/** Actions of dispatch on users and drivers. Each is recorded in the audit log before it is performed. */
@Injectable()
export class DispatchActionsService {
  constructor(
    private readonly audit: AuditService,
    private readonly expiringKeys: ExpiringKeys,
    private readonly trips: Trips,
    private readonly tripsService: TripsService,
    private readonly ingest: FixIngestService,
    private readonly feeds: FeedsService,
  ) {}

  /**
   * Sends a notice to a rider or driver, through the feed.
   * @param key idempotency key: the same one sends it once
   * @throws {ProtocolError} IDEMPOTENCY_KEY_REUSED, UNAVAILABLE
   */
  async notice(by: Actor, userId: string, { role, text }: NoticeRequest, key?: string): Promise<void> {
    const request = { userId, role, text };
    await this.expiringKeys.idempotent(`notice:${by.role} ${by.userId}`, key, request, async () => {
      await this.audit.record(by, 'user:notice', { userId, text });
      await this.#notify(`${role}:${userId}`, { kind: 'message', text, at: clock.now() });
    });
  }

  /**
   * Takes a driver offline and withdraws an offer that the driver may have.
   * @throws {ProtocolError} DRIVER_ON_TRIP, UNAVAILABLE
   */
  async forceOffline(by: Actor, driverId: string): Promise<void> {
    const trip = await orUnavailable(this.trips.heldByDriver(driverId));
    if (trip?.driverId === driverId) throw new ProtocolError('DRIVER_ON_TRIP');
    await this.audit.record(by, 'driver:offline', { userId: driverId });
    if (trip !== null) {
      await this.tripsService.apply(trip.id, (current) => withdraw(current, clock.now()));
      await orUnavailable(this.trips.schedule(trip.id, clock.now()));
    }
    await this.ingest.status(driverId, 'offline');
    await this.#notify(`driver:${driverId}`, { kind: 'offline', text: '', at: clock.now() });
  }

  #notify(owner: `rider:${string}` | `driver:${string}`, notice: Notice): Promise<void> {
    return this.feeds.notify(owner, 'notice', notice);
  }
}
