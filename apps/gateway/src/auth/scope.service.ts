import { Injectable } from '@nestjs/common';
import { regionAt } from '#geo/cells';
import { type Position, ProtocolError, type Role } from '#protocol';
import { type Identity, isLimited, type Rights } from '#realtime';
import { DriverFleets, type DriverRecord, FleetIndex, orUnavailable, Trips } from '#store';
import { assertInScope, isInScope } from '#trips';

/** Events that concern all fleets unless they name one. Any other, such as the number of requests of all, concerns none. */
const FOR_ALL_FLEETS: ReadonlySet<string> = new Set([
  'incident',
  'area:alert',
  'area:withdrawn',
  'area:reached',
  'zones:published',
]);

/** Fleet that something concerns, or the driver whose fleet it is; null for all fleets. */
export type Owner = { fleet: string | null } | { driverId: string } | null;

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

  /** Keeps what concerns the fleet. @throws {ProtocolError} UNAVAILABLE */
  async owned<T>(items: readonly T[], by: Pick<Rights, 'fleet'>, ownerOf: (item: T) => Owner): Promise<T[]> {
    if (by.fleet === null) return [...items];
    const owners = items.map(ownerOf);
    const drivers = owners.flatMap((owner) =>
      owner !== null && 'driverId' in owner ? [owner.driverId] : [],
    );
    const ours = new Set(await this.ofFleet(drivers, by, (id) => id));
    return items.filter((_, i) => {
      const owner = owners[i]!;
      if (owner === null) return true;
      return 'fleet' in owner ? owner.fleet === by.fleet : ours.has(owner.driverId);
    });
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

/** Returns the owner of an event in the feed of a region, or of what follows from one. */
export function ownerOf({ event, payload }: { event: string; payload: object }): Owner {
  const { fleet, driverId = null } = payload as { fleet?: string | null; driverId?: string | null };
  if (fleet !== undefined) return { fleet };
  if (driverId !== null) return { driverId };
  return FOR_ALL_FLEETS.has(event) ? null : { fleet: null };
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

/** @throws {ProtocolError} NOT_IN_SCOPE for a user of one fleet, where something concerns another one, or all */
export function assertOwnFleet({ fleet: own = null }: Limits, fleet: string | undefined): void {
  if (own !== null && own !== fleet) throw new ProtocolError('NOT_IN_SCOPE');
}

/** @throws {ProtocolError} NOT_IN_SCOPE for a user of one fleet, where something concerns all of them */
export function assertAllFleets({ fleet = null }: Limits): void {
  if (fleet !== null) throw new ProtocolError('NOT_IN_SCOPE');
}
