import type { Socket } from 'socket.io';
import type { AreaAlert, Audience, SentAlert } from '#protocol';
import { type Coverage, coverageOf, coverageOfRegion, type FindZone } from './coverage.js';

/** Alert that has not expired, with what one gateway knows of its delivery. */
export class LocalAlert {
  readonly coverage: Coverage;
  /** the part that the apps of riders and drivers receive */
  readonly payload: AreaAlert;
  /** sockets at this gateway that it was sent to */
  readonly sent = new WeakSet<Socket>();
  /** users that it was sent to, of whom Redis has no record yet */
  readonly unrecorded: Record<Audience, Set<string>> = {
    riders: new Set(),
    drivers: new Set(),
    dispatchers: new Set(),
  };

  constructor(
    readonly alert: SentAlert,
    find: FindZone,
  ) {
    const { id, text, at, expiresAt, area, regions } = alert;
    this.coverage = area === null ? coverageOfRegion(regions[0]!) : coverageOf(area, find);
    this.payload = { id, text, at, expiresAt };
  }

  isFor(audience: Audience): boolean {
    return this.alert.audience.includes(audience);
  }

  /** Whether a user is of the fleet that the alert is for. */
  isForFleetOf({ data }: Socket): boolean {
    return this.alert.fleet === undefined || data.fleet === this.alert.fleet;
  }
}
