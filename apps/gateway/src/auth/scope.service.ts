import { Injectable } from '@nestjs/common';
import { regionAt } from '#geo/cells';
import { type FeedPart, type Position, ProtocolError, type Role } from '#protocol';
import { type Identity, isLimited, type Rights } from '#realtime';
import { DriverFleets, type DriverRecord, FleetIndex, orUnavailable, Trips } from '#store';
import { assertInScope, isInScope } from '#trips';

/** Events of the feed of a region that concern all fleets. */
const FOR_ALL_FLEETS: ReadonlySet<string> = new Set(['incident', 'area:alert', 'area:withdrawn']);

/** Applies the `fleet` and `regions` of dispatchers and services. */
@Injectable()
export class ScopeService {
  constructor(
    private readonly fleets: DriverFleets,
    private readonly index: FleetIndex,
    private readonly trips: Trips,
  ) {}

  /** Keeps what is about drivers of the fleet. @throws {ProtocolError} UNAVAILABLE */
  async ofFleet<T>(items: T[], by: Pick<Rights, 'fleet'>, driverIdOf: (item: T) => string): Promise<T[]> {
    if (by.fleet === null || items.length === 0) return items;
    const fleets = await this.fleets.of(items.map(driverIdOf));
    return items.filter((item) => fleets.get(driverIdOf(item)) === by.fleet);
  }

  /** Keeps records of drivers of the fleet that are in the regions. @throws {ProtocolError} UNAVAILABLE */
  records<T extends { record: DriverRecord }>(found: T[], by: Rights): Promise<T[]> {
    const near = found.filter(({ record }) => coversPlace(by, record));
    return this.ofFleet(near, by, ({ record }) => record.driverId);
  }

  /**
   * Checks a driver: of the fleet, and last seen in the regions.
   * @throws {ProtocolError} NOT_IN_SCOPE, also for a driver that was never seen; UNAVAILABLE
   */
  async driver(by: Rights, driverId: string): Promise<void> {
    if (!(await this.#coversDriver(by, driverId))) throw new ProtocolError('NOT_IN_SCOPE');
  }

  /**
   * Checks a user: a driver, or a rider with an open trip in the scope.
   * @throws {ProtocolError} NOT_IN_SCOPE, UNAVAILABLE
   */
  async user(by: Identity, userId: string, role?: Role): Promise<void> {
    if (!isLimited(by)) return;
    if (role === 'dispatcher' || role === 'service') throw new ProtocolError('NOT_IN_SCOPE');
    if (role !== 'rider' && (await this.#coversDriver(by, userId))) return;
    const trip = role === 'driver' ? null : await orUnavailable(this.trips.heldByRider(userId));
    if (trip === null || !isInScope(trip, by)) throw new ProtocolError('NOT_IN_SCOPE');
  }

  /** Keeps the entries of the feed of a region that concern the fleet. @throws {ProtocolError} UNAVAILABLE */
  async entries<T extends FeedPart['entries'][number]>(
    entries: T[],
    by: Pick<Rights, 'fleet'>,
  ): Promise<T[]> {
    if (by.fleet === null) return entries;
    const about = (entry: T) => (entry.payload as { driverId?: string | null }).driverId ?? null;
    const ours = new Set(
      await this.ofFleet(
        entries.map(about).filter((id) => id !== null),
        by,
        (id) => id,
      ),
    );
    return entries.filter((entry) => FOR_ALL_FLEETS.has(entry.event) || ours.has(about(entry) ?? ''));
  }

  /** Checks a trip that is about to be requested. @throws {ProtocolError} NOT_IN_SCOPE */
  newTrip(by: Identity, pickup: Position): void {
    if (by.role === 'dispatcher' || by.role === 'service') assertInScope({ fleet: by.fleet, pickup }, by);
  }

  async #coversDriver(by: Rights, driverId: string): Promise<boolean> {
    if (!isLimited(by)) return true;
    if ((await this.ofFleet([driverId], by, (id) => id)).length === 0) return false;
    if (by.regions === null) return true;
    const { record } = await orUnavailable(this.index.load(driverId));
    return record !== null && coversPlace(by, record);
  }
}

/** Limits of a user; an absent one means everything. */
type Limits = { fleet?: string | null; regions?: readonly string[] | null };

export const coversRegion = ({ regions }: Limits, region: string): boolean =>
  regions?.includes(region) ?? true;

export const coversPlace = (by: Limits, { lat, lng }: Position): boolean =>
  (by.regions ?? null) === null || coversRegion(by, regionAt({ lat, lng }));

/** @throws {ProtocolError} NOT_IN_SCOPE */
export function assertRegion(by: Limits, region: string): void {
  if (!coversRegion(by, region)) throw new ProtocolError('NOT_IN_SCOPE');
}

/** @throws {ProtocolError} NOT_IN_SCOPE for a user of one fleet, where something concerns all of them */
export function assertAllFleets({ fleet = null }: Limits): void {
  if (fleet !== null) throw new ProtocolError('NOT_IN_SCOPE');
}
