import { Injectable } from '@nestjs/common';
import { NEARBY_CELL_M, nearbyCell } from '#geo/cells';
import type {
  CellCount,
  DriverPosition,
  DriverState,
  FleetView,
  NearbyCar,
  NearbyDriver,
  NearbyQuery,
  PlacedVehicle,
  Position,
} from '#protocol';
import { ProtocolError } from '#protocol';
import { Pseudonyms } from '#realtime';
import {
  type Area,
  type DriverRecord,
  FleetIndex,
  FleetQueries,
  orUnavailable,
  positionOfDriver,
  vehicleOf,
} from '#store';
import { KNOWN_CARS, MAX_CARS } from './nearest-cars.js';

type Circle = Position & { radiusM: number };

/** Views of the fleet index by role. */
@Injectable()
export class FleetViewService {
  constructor(
    private readonly index: FleetIndex,
    private readonly fleetQueries: FleetQueries,
    private readonly pseudonyms: Pseudonyms,
  ) {}

  /** Returns available cars for riders, under pseudonyms, nearest first. */
  async cars(area: Circle, now: number, limit = MAX_CARS): Promise<NearbyCar[]> {
    const found = await orUnavailable(
      this.fleetQueries.nearest(limit, area, { maxM: area.radiusM, statuses: ['available'] }),
    );
    return found.map(({ record, distanceM }) => ({
      ...vehicleOf(record, this.pseudonyms.of(record)),
      distanceM: round(distanceM),
      receivedAt: record.receivedAt,
      ageMs: ageMs(record, now),
    }));
  }

  /**
   * Returns the nearest available cars in the cells that an area touches, under pseudonyms, each with its cell.
   * @returns also the distance within which these are all, infinite when there are no others
   */
  async carsIn(
    area: Circle & { cells: ReadonlySet<string> },
    limit = KNOWN_CARS,
  ): Promise<{ cars: PlacedVehicle[]; horizonM: number }> {
    const found = await orUnavailable(
      this.fleetQueries.nearest(limit, area, {
        maxM: area.radiusM + NEARBY_CELL_M,
        statuses: ['available'],
      }),
    );
    const cars = found
      .map(({ record }) => ({
        ...vehicleOf(record, this.pseudonyms.of(record)),
        receivedAt: record.receivedAt,
        cell: nearbyCell(record),
      }))
      .filter(({ cell }) => area.cells.has(cell));
    return { cars, horizonM: found.length < limit ? Number.POSITIVE_INFINITY : found.at(-1)!.distanceM };
  }

  /** Returns drivers for services and dispatchers, with their ids, nearest first. */
  async drivers(query: NearbyQuery, now: number): Promise<NearbyDriver[]> {
    const found = await orUnavailable(this.fleetQueries.nearest(query.limit, query, { maxM: query.radiusM }));
    return found.map(({ record, distanceM }) => {
      const { id, speedMps: _, t: __, ...rest } = vehicleOf(record);
      return { driverId: id, ...rest, distanceM: round(distanceM), ageMs: ageMs(record, now) };
    });
  }

  /** Returns the vehicles in some cells for dispatchers, each with its cell. */
  async vehicles(cells: string[]): Promise<PlacedVehicle[]> {
    return (await orUnavailable(this.fleetQueries.inCells(cells))).map(placed);
  }

  counts(cells: string[]): Promise<CellCount[]> {
    return orUnavailable(this.fleetQueries.counts(cells));
  }

  async within(area: Area, limit: number): Promise<Omit<FleetView, 'removedCells' | 'regions'>> {
    const { records, counts } = await orUnavailable(this.fleetQueries.within(area, limit));
    return { vehicles: records.map(placed), counts };
  }

  /** Returns a driver's position, null while the driver is not in the index. */
  async position(driverId: string): Promise<DriverPosition | null> {
    const { record } = await orUnavailable(this.index.load(driverId));
    return record?.present ? positionOfDriver(record) : null;
  }

  /** Returns a driver's state. @throws {ProtocolError} NO_SUCH_DRIVER when the driver has never reported */
  async driver(driverId: string, now: number): Promise<DriverState> {
    const { record } = await orUnavailable(this.index.load(driverId));
    if (record === null) throw new ProtocolError('NO_SUCH_DRIVER');
    const { id: _, status, ...position } = vehicleOf(record);
    return {
      driverId,
      status: record.present ? status : 'offline',
      position: { ...position, receivedAt: record.receivedAt, ageMs: ageMs(record, now) },
      extras: record.extras,
      counts: record.counts,
    };
  }
}

const placed = (record: DriverRecord): PlacedVehicle => ({
  ...vehicleOf(record),
  cell: record.cell,
  receivedAt: record.receivedAt,
});

const ageMs = ({ receivedAt }: DriverRecord, now: number): number => Math.max(0, now - receivedAt);

const round = (distanceM: number) => Math.round(distanceM * 10) / 10;
