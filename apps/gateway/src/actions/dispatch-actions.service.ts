import { Injectable } from '@nestjs/common';
import { type AuditAction, type Notice, type NoticeRequest, Refusal } from '#protocol';
import { Audit, Marks, orUnavailable, Trips } from '#store';
import { type Actor, withdraw } from '#trips';
import { Intake } from '../drivers/fix-ingest.service.js';
import { FeedDesk } from '../feeds/feeds.service.js';
import { TripDesk } from '../trips/trips.service.js';

const DAY_MS = 86_400_000;

/** What dispatch does by hand. Each is written in the audit before it is done, so none is without an entry. */
@Injectable()
export class HandDesk {
  constructor(
    private readonly audit: Audit,
    private readonly marks: Marks,
    private readonly trips: Trips,
    private readonly desk: TripDesk,
    private readonly intake: Intake,
    private readonly feed: FeedDesk,
  ) {}

  /** Writes down who does what, of a trip or to a user. @throws {Refusal} UNAVAILABLE: then do not do it */
  note(
    { userId, role }: Actor,
    action: AuditAction,
    about: { tripId?: string; userId?: string; text?: string },
  ): Promise<void> {
    return orUnavailable(this.audit.add({ at: Date.now(), by: userId, role, action, ...about }));
  }

  /** Tells a rider or a driver something, in its feed. @param key the same one again tells it once */
  async notice(by: Actor, userId: string, { role, text }: NoticeRequest, key?: string): Promise<void> {
    const mark = `notice:${by.role} ${by.userId} ${key}`;
    if (key !== undefined && (await orUnavailable(this.marks.noted(mark))) !== null) return;
    await this.note(by, 'user:notice', { userId, text });
    await this.#tell(`${role}:${userId}`, { kind: 'message', text, at: Date.now() });
    // Afterwards: rather told twice than not at all.
    if (key !== undefined) await orUnavailable(this.marks.note(mark, '', DAY_MS));
  }

  /** Takes a driver out of the fleet, and back the offer that it may have. @throws {Refusal} DRIVER_ON_TRIP */
  async forceOffline(by: Actor, driverId: string): Promise<void> {
    const trip = await orUnavailable(this.trips.heldByDriver(driverId));
    if (trip?.driverId === driverId) throw new Refusal('DRIVER_ON_TRIP');
    await this.note(by, 'driver:offline', { userId: driverId });
    if (trip !== null) {
      await this.desk.apply(trip.id, (current) => withdraw(current, Date.now()));
      await orUnavailable(this.trips.lookAfter(trip.id, Date.now()));
    }
    await this.intake.status(driverId, 'offline');
    await this.#tell(`driver:${driverId}`, { kind: 'offline', text: '', at: Date.now() });
  }

  #tell(owner: `rider:${string}` | `driver:${string}`, notice: Notice): Promise<void> {
    return this.feed.tell(owner, 'notice', notice);
  }
}
