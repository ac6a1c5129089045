import { Injectable } from '@nestjs/common';
import { distanceM, snapToGrid } from '#geo';
import { NEARBY_CELL_M, regionOf, SHOWN_WITHIN_M } from '#geo/cells';
import type {
  CellCount,
  DriverPosition,
  DriverState,
  FleetView,
  NearbyCar,
  NearbyDriver,
  NearbyQuery,
  PlacedCar,
  PlacedVehicle,
  Position,
} from '#protocol';
import { NEAREST_CARS, ProtocolError } from '#protocol';
import { carKey, driverOfKey, type Identity, Pseudonyms, type Rights } from '#realtime';
import {
  type Area,
  clock,
  DriverProfiles,
  type DriverRecord,
  FleetIndex,
  FleetQueries,
  type Found,
  orUnavailable,
  positionOfDriver,
  RecentDrivers,
  shownCar,
  totalOf,
  vehicleOf,
} from '#store';
import { coversRegion, ScopeService } from '../auth/scope.service.js';
import { FleetRosterService } from '../board/fleet-roster.service.js';
import { GridCars, type HeldCar } from './grid-cars.js';
import { KNOWN_CARS, type KnownCar } from './nearest-cars.js';
import { SharedReads } from './shared-reads.js';

/** Most drivers that a search looks at for those of one fleet, or for those whom riders see. */
const MAX_CONSIDERED = 2_000;
/** Cars among which the nearest ones of a rider surely are, while others move. */
const ENOUGH_CARS = 2 * NEAREST_CARS;
/** Cars to read in a crowd, where those that are shown nearest may be farther away. */
const MAX_KNOWN_CARS = 4 * KNOWN_CARS;
/** Most vehicles of all fleets that are read for a view of those of one. */
const MAX_READ = 50_000;

/** Step of the grid whose pins share a read, and the farthest that a pin is from its point. */
const SHARED_GRID_M = 100;
const SHARED_WITHIN_M = 75;

type Circle = Position & { radiusM: number };
/** Cars, and the distance within which they are all. */
type KnownCars = { cars: KnownCar[]; horizonM: number };

/** Counts of a driver who has sent no fix yet. */
const NO_COUNTS = { late: 0, repeated: 0, implausible: 0, refused: 0 };

/** Views of the fleet index by role. */
@Injectable()
export class FleetViewService {
  readonly #shared = new SharedReads<KnownCars>();

  constructor(
    private readonly index: FleetIndex,
    private readonly fleetQueries: FleetQueries,
    private readonly pseudonyms: Pseudonyms,
    private readonly scope: ScopeService,
    private readonly profiles: DriverProfiles,
    private readonly gridCars: GridCars,
    private readonly recentDrivers: RecentDrivers,
    private readonly roster: FleetRosterService,
  ) {}

  /** Returns available cars for a rider under the names of its session, nearest first; at most {@link NEAREST_CARS}. */
  async cars(area: Circle, by: Identity, limit: number): Promise<NearbyCar[]> {
    const { cars } = await this.#carsWithin(area, area.radiusM, by, await this.recentDriversOf(by));
    return cars
      .map(({ car }) => ({ car, distanceM: distanceM(area, car) }))
      .filter(({ distanceM }) => distanceM <= area.radiusM)
      .sort((a, b) => a.distanceM - b.distanceM)
      .slice(0, Math.min(limit, NEAREST_CARS))
      .map(({ car, distanceM }) => {
        const { cell: _, ...named } = this.named(car, by.session);
        return { ...named, distanceM: round(distanceM) };
      });
  }

  /**
   * Returns the nearest available cars in the cells that an area touches, as riders see them.
   * @param without drivers whose cars are left out
   * @returns also the distance within which these are all, infinite when there are no others
   */
  async carsIn(
    area: Circle & { cells: ReadonlySet<string> },
    by: Identity,
    without: ReadonlySet<string>,
  ): Promise<KnownCars> {
    const { cars, horizonM } = await this.#carsWithin(area, area.radiusM + NEARBY_CELL_M, by, without);
    return { cars: cars.filter(({ cell }) => area.cells.has(cell)), horizonM };
  }

  async #carsWithin(
    center: Position,
    radiusM: number,
    by: Identity,
    without: ReadonlySet<string>,
  ): Promise<KnownCars> {
    const middle = snapToGrid(center, SHARED_GRID_M);
    const key = [middle.lat, middle.lng, radiusM, by.fleet ?? ''].join();
    const around = { ...middle, radiusM: radiusM + SHARED_WITHIN_M };
    const { cars, horizonM } = await this.#shared.get(key, () => this.#read(around, by));
    return {
      cars: cars.filter(({ car }) => !without.has(driverOfKey(car.key))),
      horizonM: horizonM - distanceM(middle, center),
    };
  }

  /** Reads cars until the nearest ones of every pin in a step of the grid are surely among them. */
  async #read(area: Circle, by: Identity): Promise<KnownCars> {
    const available = { maxM: area.radiusM + SHOWN_WITHIN_M, statuses: ['available'] as const };
    const isShown = (record: DriverRecord) => shownCar(record) !== null;
    for (let limit = KNOWN_CARS; ; limit *= 4) {
      const { found, horizonM } = await this.#nearest(limit, area, available, by, isShown);
      const now = clock.now();
      const cars = found
        .map(({ record }) => this.#held(record, now))
        .map((known) => ({ known, awayM: distanceM(area, known.car) }))
        .sort((a, b) => a.awayM - b.awayM);
      // A car farther away may be shown nearer by so much.
      const sureM = horizonM - SHOWN_WITHIN_M;
      const enoughM = ((cars[ENOUGH_CARS - 1] ?? cars.at(-1))?.awayM ?? 0) + 2 * SHARED_WITHIN_M;
      if (limit < MAX_KNOWN_CARS && enoughM > sureM) continue;
      const withinM = Math.max(sureM, enoughM);
      const within = cars.filter(({ awayM }) => awayM <= withinM);
      return { cars: within.map(({ known }) => known), horizonM: withinM };
    }
  }

  #held(record: DriverRecord, now: number): KnownCar {
    const shown = shownCar(record)!;
    const key = carKey(record.driverId, record.shift);
    const car = this.gridCars.hold({ ...shown, key, receivedAt: record.receivedAt }, now);
    return { car, cell: shown.cell };
  }

  /** Returns the drivers whom a rider had lately, whose cars it does not see. @throws {ProtocolError} UNAVAILABLE */
  recentDriversOf({ userId }: Identity): Promise<ReadonlySet<string>> {
    return orUnavailable(this.recentDrivers.of(userId, clock.now()));
  }

  /** Returns a car as riders see it now, see {@link GridCars.current}. */
  current(key: string): ReturnType<GridCars['current']> {
    return this.gridCars.current(key, clock.now());
  }

  nameOf(key: string, session: string): string {
    return this.pseudonyms.named(session, key);
  }

  /** Returns a car under the name that it has for a session. */
  named({ key, ...car }: HeldCar, session: string): PlacedCar {
    return { id: this.nameOf(key, session), ...car };
  }

  /** Returns drivers for services and dispatchers, with their ids, nearest first. */
  async drivers(query: NearbyQuery, now: number, by: Rights): Promise<NearbyDriver[]> {
    const { found } = await this.#nearest(query.limit, query, { maxM: query.radiusM }, by);
    return found.slice(0, query.limit).map(({ record, distanceM }) => {
      const { id, speedMps: _, t: __, ...rest } = vehicleOf(record);
      return { driverId: id, ...rest, distanceM: round(distanceM), ageMs: ageMs(record, now) };
    });
  }

  /** Returns the vehicles in some cells for dispatchers, each with its cell. */
  async vehicles(cells: string[], by: Rights): Promise<PlacedVehicle[]> {
    const records = await orUnavailable(this.fleetQueries.inCells(cells));
    return (await this.scope.ofFleet(records, by, ({ driverId }) => driverId)).map(placed);
  }

  /** Returns the number of vehicles in each cell that concern a user; for a user of one fleet, as it was some seconds ago. */
  counts(cells: string[], by: Rights): Promise<CellCount[]> {
    if (by.fleet !== null) return this.roster.counts(by, cells);
    return orUnavailable(this.fleetQueries.counts(cells));
  }

  /** Returns the number of vehicles in each cell where there are too many to show them, otherwise null. */
  async countsAbove(limit: number, cells: string[], by: Rights): Promise<CellCount[] | null> {
    const all = await orUnavailable(this.fleetQueries.counts(cells));
    if (totalOf(all) <= limit) return null;
    if (by.fleet === null) return all;
    const ours = await this.counts(cells, by);
    return totalOf(ours) > limit || totalOf(all) > MAX_READ ? ours : null;
  }

  async within(
    { cells, contains }: Area,
    limit: number,
    by: Rights,
  ): Promise<Omit<FleetView, 'removedCells' | 'regions'>> {
    const covered = cells.filter((cell) => coversRegion(by, regionOf(cell)));
    const counts = await this.countsAbove(limit, covered, by);
    if (counts !== null) return { vehicles: [], counts };
    return { vehicles: (await this.vehicles(covered, by)).filter(contains), counts };
  }

  /**
   * Returns the nearest drivers that concern a user, widening the search until there are `limit` of them or more.
   * @returns also the distance within which these are all, infinite when there are no others
   */
  async #nearest(
    limit: number,
    circle: Circle,
    options: Parameters<FleetQueries['nearest']>[2],
    by: Rights,
    isWanted: (record: DriverRecord) => boolean = () => true,
  ): Promise<{ found: Found[]; horizonM: number }> {
    for (let k = limit; ; k *= 4) {
      const all = await orUnavailable(this.fleetQueries.nearest(k, circle, options));
      const found = await this.scope.records(
        all.filter(({ record }) => isWanted(record)),
        by,
      );
      const isAll = all.length < k;
      if (found.length < limit && !isAll && k < MAX_CONSIDERED) continue;
      return { found, horizonM: isAll ? Number.POSITIVE_INFINITY : all.at(-1)!.distanceM };
    }
  }

  /** Returns a driver's position, null while the driver is not in the index. */
  async position(driverId: string): Promise<DriverPosition | null> {
    const { record } = await orUnavailable(this.index.load(driverId));
    return record?.present ? positionOfDriver(record) : null;
  }

  /** Returns a driver's state. @throws {ProtocolError} NO_SUCH_DRIVER when the driver has never reported */
  async driver(driverId: string, now: number): Promise<DriverState> {
    const [{ record }, profile] = await orUnavailable(
      Promise.all([this.index.load(driverId), this.profiles.get(driverId)]),
    );
    if (record === null) {
      if (profile === null) throw new ProtocolError('NO_SUCH_DRIVER');
      return { driverId, status: 'offline', position: null, extras: null, counts: NO_COUNTS, profile };
    }
    const { id: _, status, ...position } = vehicleOf(record);
    return {
      driverId,
      status: record.present ? status : 'offline',
      position: { ...position, receivedAt: record.receivedAt, ageMs: ageMs(record, now) },
      extras: record.extras,
      counts: record.counts,
      profile,
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
