import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Position, ProtocolError } from '#protocol';
import { PublishedZones, ZoneIndexes } from '#store';
import type { TripZones } from '#trips';
import { type IndexedZone, nearestAllowed, type Purpose, queueZoneAt, refusalAt, surgeAt } from '#zones';

/** Applies the published zones to requested trips. */
@Injectable()
export class ZoneRulesService implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly published: PublishedZones,
    private readonly indexes: ZoneIndexes,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.published.refresh().catch(() => {});
    await this.indexes.start();
  }

  onApplicationShutdown(): void {
    this.indexes.stop();
  }

  /**
   * Checks the places of a request.
   * @returns the queue that serves the pick-up, and the factor that is passed on with the trip
   * @throws {ProtocolError} OUTSIDE_SERVICE_AREA, DROPOFF_OUTSIDE_SERVICE_AREA, NO_PICKUP_HERE, PICKUP_POINT_REQUIRED, NO_DROPOFF_HERE, with the nearest
   * allowed place
   */
  check(pickup: Position, dropoff: Position): TripZones {
    this.checkPlace(pickup, 'pickup');
    this.checkPlace(dropoff, 'dropoff');
    const index = this.indexes.at();
    const queue = queueZoneAt(index, pickup);
    return {
      surgeFactor: surgeAt(index, pickup),
      queue: queue === null ? null : { region: queue.region, zoneId: queue.zone.id },
    };
  }

  /** All `queue` zones in force. */
  queues(): IndexedZone[] {
    return this.indexes.at().zones.filter(({ zone }) => zone.kind === 'queue');
  }

  /** Returns a zone in force; undefined if it is not published any more. */
  find(region: string, zoneId: string): IndexedZone | undefined {
    return this.indexes.at().find(region, zoneId);
  }

  /** Checks one place of a request; see {@link check}. @throws {ProtocolError} */
  checkPlace(place: Position, purpose: Purpose): void {
    const index = this.indexes.at();
    const refusal = refusalAt(index, place, purpose);
    if (refusal === null) return;
    const nearest = nearestAllowed(index, place, purpose) ?? undefined;
    throw new ProtocolError(refusal.code, refusal.zone?.name, nearest);
  }
}
