import { Injectable } from '@nestjs/common';
import type {
  DriverPosition,
  DriverState,
  NearbyCar,
  NearbyDriver,
  NearbyQuery,
  NearbyWatch,
  Vehicle,
} from '#protocol';
import { Refusal } from '#protocol';
import { Pseudonyms } from '#realtime';
import { FleetIndex, orUnavailable, vehicleOf } from '#store';

/** More cars than this around one pin help no rider. */
const MAX_CARS = 500;

/** What each role gets to see of the fleet index. */
@Injectable()
export class Sight {
  constructor(
    private readonly index: FleetIndex,
    private readonly pseudonyms: Pseudonyms,
  ) {}

  /** For riders: available cars, under pseudonyms, nearest first. */
  async cars(area: NearbyWatch, limit = MAX_CARS): Promise<NearbyCar[]> {
    const found = await orUnavailable(this.index.nearest(area, area.radiusM, limit, ['available']));
    return found.map(({ record, distanceM }) => ({
      ...vehicleOf(record, this.pseudonyms.of(record)),
      distanceM: round(distanceM),
    }));
  }

  /** For services and dispatchers: drivers by name, nearest first. */
  async drivers(query: NearbyQuery, now: number): Promise<NearbyDriver[]> {
    const found = await orUnavailable(
      this.index.nearest(query, query.radiusM, query.limit, ['available', 'busy']),
    );
    return found.map(({ record, distanceM }) => {
      const { id, speedMps: _, t, ...rest } = vehicleOf(record);
      return { driverId: id, ...rest, distanceM: round(distanceM), ageMs: Math.max(0, now - t) };
    });
  }

  async vehicles(cells: string[]): Promise<Vehicle[]> {
    return (await orUnavailable(this.index.inCells(cells))).map((record) => vehicleOf(record));
  }

  /** Null while the driver is not in the index. */
  async position(driverId: string): Promise<DriverPosition | null> {
    const { record } = await orUnavailable(this.index.load(driverId));
    if (record === null) return null;
    const { id, status: _, ...position } = vehicleOf(record);
    return { driverId: id, ...position };
  }

  /** @throws {Refusal} NO_SUCH_DRIVER when the driver was never heard */
  async driver(driverId: string, now: number): Promise<DriverState> {
    const [known, counts] = await orUnavailable(
      Promise.all([this.index.load(driverId), this.index.counts(driverId)]),
    );
    const last = known.record ?? known.left;
    if (last === null) throw new Refusal('NO_SUCH_DRIVER');
    const { id: _, status: __, ...position } = vehicleOf(last);
    return {
      driverId,
      status: known.record === null ? 'offline' : known.status,
      position: { ...position, ageMs: Math.max(0, now - last.t) },
      counts,
    };
  }
}

const round = (distanceM: number) => Math.round(distanceM * 10) / 10;
