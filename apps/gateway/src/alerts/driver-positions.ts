import { Injectable } from '@nestjs/common';
import type { Point } from '#geo';
import { FleetIndex, FleetQueries, orUnavailable } from '#store';
import type { Coverage } from './coverage.js';

/** Number up to which drivers are looked up one by one; more are read with the cells of the area. */
const MAX_LOOKUPS = 100;
/** Bounds the time for which the answers keep the event loop busy. */
const CELLS_AT_ONCE = 20;
const DRIVERS_AT_ONCE = 200;

/** Positions of drivers in the fleet index. A driver that is not in it is in no area. */
@Injectable()
export class DriverPositions {
  constructor(
    private readonly index: FleetIndex,
    private readonly fleetQueries: FleetQueries,
  ) {}

  /** Returns those of some drivers that are in an area. @throws {ProtocolError} UNAVAILABLE */
  async within({ cells, contains }: Coverage, driverIds: ReadonlySet<string>): Promise<Set<string>> {
    const found = new Set<string>();
    if (driverIds.size <= MAX_LOOKUPS) {
      for (const [driverId, position] of await this.of(driverIds))
        if (contains(position)) found.add(driverId);
      return found;
    }
    for (const part of parts(cells, CELLS_AT_ONCE))
      for (const record of await orUnavailable(this.fleetQueries.inCells(part)))
        if (driverIds.has(record.driverId) && contains(record)) found.add(record.driverId);
    return found;
  }

  /** Returns the positions of those drivers that are in the index. @throws {ProtocolError} UNAVAILABLE */
  async of(driverIds: Iterable<string>): Promise<Map<string, Point>> {
    const positions = new Map<string, Point>();
    for (const part of parts([...driverIds], DRIVERS_AT_ONCE))
      await Promise.all(
        part.map(async (driverId) => {
          const { record } = await orUnavailable(this.index.load(driverId));
          if (record?.present) positions.set(driverId, { lat: record.lat, lng: record.lng });
        }),
      );
    return positions;
  }
}

const parts = <T>(items: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
