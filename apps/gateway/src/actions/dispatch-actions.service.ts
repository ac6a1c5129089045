import { Injectable } from '@nestjs/common';
import { type AuditAction, type Notice, type NoticeRequest, ProtocolError } from '#protocol';
import { Audit, ExpiringKeys, orUnavailable, Trips } from '#store';
import { type Actor, withdraw } from '#trips';
import { FixIngestService } from '../drivers/fix-ingest.service.js';
import { FeedsService } from '../feeds/feeds.service.js';
import { TripsService } from '../trips/trips.service.js';

const DAY_MS = 86_400_000;

/** What dispatch does by hand. Each is written in the audit before it is done, so none is without an entry. */
@Injectable()
export class DispatchActionsService {
  constructor(
    private readonly audit: Audit,
    private readonly expiringKeys: ExpiringKeys,
    private readonly trips: Trips,
    private readonly tripsService: TripsService,
    private readonly ingest: FixIngestService,
    private readonly feeds: FeedsService,
  ) {}

  /** Writes down who does what, of a trip or to a user. @throws {ProtocolError} UNAVAILABLE: then do not do it */
  audited(
    { userId, role }: Actor,
    action: AuditAction,
    about: { tripId?: string; userId?: string; text?: string },
  ): Promise<void> {
    return orUnavailable(this.audit.add({ at: Date.now(), by: userId, role, action, ...about }));
  }

  /** Tells a rider or a driver something, in its feed. @param key the same one again tells it once */
  async notice(by: Actor, userId: string, { role, text }: NoticeRequest, key?: string): Promise<void> {
    const mark = `notice:${by.role} ${by.userId} ${key}`;
    if (key !== undefined && (await orUnavailable(this.expiringKeys.get(mark))) !== null) return;
    await this.audited(by, 'user:notice', { userId, text });
    await this.#notify(`${role}:${userId}`, { kind: 'message', text, at: Date.now() });
    // Afterwards: rather told twice than not at all.
    if (key !== undefined) await orUnavailable(this.expiringKeys.set(mark, '', DAY_MS));
  }

  /** Takes a driver out of the fleet, and back the offer that it may have. @throws {ProtocolError} DRIVER_ON_TRIP */
  async forceOffline(by: Actor, driverId: string): Promise<void> {
    const trip = await orUnavailable(this.trips.heldByDriver(driverId));
    if (trip?.driverId === driverId) throw new ProtocolError('DRIVER_ON_TRIP');
    await this.audited(by, 'driver:offline', { userId: driverId });
    if (trip !== null) {
      await this.tripsService.apply(trip.id, (current) => withdraw(current, Date.now()));
      await orUnavailable(this.trips.schedule(trip.id, Date.now()));
    }
    await this.ingest.status(driverId, 'offline');
    await this.#notify(`driver:${driverId}`, { kind: 'offline', text: '', at: Date.now() });
  }

  #notify(owner: `rider:${string}` | `driver:${string}`, notice: Notice): Promise<void> {
    return this.feeds.notify(owner, 'notice', notice);
  }
}
