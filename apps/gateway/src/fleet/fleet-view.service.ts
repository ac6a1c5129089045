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
import { type Area, type DriverRecord, FleetIndex, FleetQueries, orUnavailable, vehicleOf } from '#store';

/** More cars than this around one pin help no rider. */
const MAX_CARS = 500;

type Circle = Position & { radiusM: number };

/** What each role gets to see of the fleet index. */
@Injectable()
export class FleetViewService {
  constructor(
    private readonly index: FleetIndex,
    private readonly fleetQueries: FleetQueries,
    private readonly pseudonyms: Pseudonyms,
  ) {}

  /** For riders: available cars, under pseudonyms, nearest first. */
  async cars(area: Circle, now: number, limit = MAX_CARS): Promise<NearbyCar[]> {
    const found = await orUnavailable(
      this.fleetQueries.nearest(limit, area, { maxM: area.radiusM, statuses: ['available'] }),
    );
    return found.map(({ record, distanceM }) => ({
      ...vehicleOf(record, this.pseudonyms.of(record)),
      distanceM: round(distanceM),
      ageMs: Math.max(0, now - record.t),
    }));
  }

  /**
   * The same with the cells that they are in, of these cells, which touch the area.
   * @returns whether those are all that there are, too
   */
  async carsIn(
    cells: string[],
    area: Circle,
    now: number,
  ): Promise<{ cars: PlacedVehicle[]; areAll: boolean }> {
    if (cells.length === 0) return { cars: [], areAll: true };
    const wanted = new Set(cells);
    const found = await this.cars({ ...area, radiusM: area.radiusM + NEARBY_CELL_M }, now);
    const cars = found
      .map((car) => ({ ...car, cell: nearbyCell(car) }))
      .filter(({ cell }) => wanted.has(cell));
    return { cars, areAll: found.length < MAX_CARS };
  }

  /** For services and dispatchers: drivers by name, nearest first. */
  async drivers(query: NearbyQuery, now: number): Promise<NearbyDriver[]> {
    const found = await orUnavailable(this.fleetQueries.nearest(query.limit, query, { maxM: query.radiusM }));
    return found.map(({ record, distanceM }) => {
      const { id, speedMps: _, t, ...rest } = vehicleOf(record);
      return { driverId: id, ...rest, distanceM: round(distanceM), ageMs: Math.max(0, now - t) };
    });
  }

  /** For dispatchers, with the cells that they are in. */
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

  /** Null while the driver is not in the index. */
  async position(driverId: string): Promise<DriverPosition | null> {
    const { record } = await orUnavailable(this.index.load(driverId));
    if (!record?.present) return null;
    const { id, status: _, ...position } = vehicleOf(record);
    return { driverId: id, ...position };
  }

  /** @throws {ProtocolError} NO_SUCH_DRIVER when the driver was never heard */
  async driver(driverId: string, now: number): Promise<DriverState> {
    const { record } = await orUnavailable(this.index.load(driverId));
    if (record === null) throw new ProtocolError('NO_SUCH_DRIVER');
    const { id: _, status, ...position } = vehicleOf(record);
    return {
      driverId,
      status: record.present ? status : 'offline',
      position: { ...position, ageMs: Math.max(0, now - record.t) },
      counts: record.counts,
    };
  }
}

const placed = (record: DriverRecord): PlacedVehicle => ({ ...vehicleOf(record), cell: record.cell });

const round = (distanceM: number) => Math.round(distanceM * 10) / 10;
