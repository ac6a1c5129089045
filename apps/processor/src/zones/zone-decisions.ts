import { distanceM, type Point } from '#geo';
import { middleOf } from '#geo/cells';
import type { Metrics } from '#ops';
import type { AlertedZone, RegionAlert, ZoneCrossing } from '#protocol';
import { crossingsRoom, regionRoom } from '#protocol';
import type { Hub } from '#realtime';
import { DataError, type DriverRecord, type ZoneMembers, type ZoneQueues } from '#store';
import {
  type Crossing,
  decideMembership,
  decodeMembership,
  encodeMembership,
  MAX_FROM_REGION_KM,
  type Membership,
  NOWHERE,
  type QueueRules,
  type ZoneFix,
  type ZoneIndex,
} from '#zones';

/** Another processor can win a driver a few times in a row; more often than this, something else is wrong. */
const MAX_ROUNDS = 20;
/** Distance in metres after which it is looked up again which regions are near. */
const RENEW_M = 200_000;
/** Distance in metres from the middle of a region within which its zones are looked for: no zone is missed until the next look-up. */
const NEAR_M = MAX_FROM_REGION_KM * 1_000 + RENEW_M;

type InRegion = { membership: Membership; stored: string | null };

/** In which zones a driver is, as decided and stored. */
export type Vehicle = {
  driverId: string;
  /** the record after the last decision */
  record: DriverRecord;
  /** the zones by which it was decided */
  index: ZoneIndex;
  regions: Map<string, InRegion>;
  /** where the driver was when the regions were chosen */
  chosenAt: Point;
  /** queue zones by region and id, and whether their queue knows the driver as available inside; undefined after a load */
  queues: Map<string, Map<string, boolean>> | undefined;
};

type Decided = { membership: Membership; crossings: Array<Crossing & { fix: ZoneFix }> };

/** Whether a decision on fixes would change anything, which it seldom does. */
export function changes(vehicle: Vehicle, after: DriverRecord, fixes: ZoneFix[]): boolean {
  if (vehicle.queues === undefined) return true;
  const { record, index, regions } = vehicle;
  if (record.status !== after.status || record.present !== after.present) return true;
  for (const fix of fixes) {
    if (isFar(vehicle, fix)) return true;
    const candidates = index.candidates(fix.lat, fix.lng);
    for (const [region, { membership }] of regions) {
      if (candidates.length === 0 && membership.stays.length === 0) continue;
      const here = { candidates, zoneOf: (zoneId: string) => index.find(region, zoneId) };
      if (decideMembership(region, membership, fix, here, after.status).after !== membership) return true;
    }
  }
  return false;
}

/** Seldom measures the distance, which takes time: within half a degree, it is shorter. */
const isFar = ({ chosenAt }: Vehicle, at: Point): boolean =>
  Math.abs(at.lat - chosenAt.lat) + Math.abs(at.lng - chosenAt.lng) > 0.5 &&
  distanceM(chosenAt, at) > RENEW_M;

function forgetFar({ regions, queues }: Vehicle, at: Point): void {
  for (const [region, { membership }] of regions) {
    if (membership.stays.length > 0 || distanceM(middleOf(region), at) < NEAR_M) continue;
    regions.delete(region);
    queues?.delete(region);
  }
}

/** Decides on drivers whose zones may change, stores the memberships and queues, and publishes the crossings. */
export class ZoneDecisions {
  constructor(
    private readonly members: ZoneMembers,
    private readonly queues: ZoneQueues,
    private readonly hub: Hub,
    private readonly metrics: Metrics,
  ) {}

  /** Reads what is stored of a driver. */
  async load(record: DriverRecord, index: ZoneIndex): Promise<Vehicle> {
    const { driverId } = record;
    const { lat, lng } = record;
    const regions = new Map<string, InRegion>();
    const vehicle: Vehicle = {
      driverId,
      record,
      index,
      regions,
      chosenAt: { lat, lng },
      queues: undefined,
    };
    await this.#choose(vehicle, index, record);
    return vehicle;
  }

  /**
   * Decides on fixes, in order of time, after the zones of an index took effect; fixes that were decided before are skipped.
   * @param vehicle is changed to the state after them
   */
  async decide(vehicle: Vehicle, index: ZoneIndex, after: DriverRecord, fixes: ZoneFix[]): Promise<void> {
    const previous = vehicle.index;
    if (previous !== index) await this.#choose(vehicle, index, after);
    const chosenAt = vehicle.chosenAt;
    for (const at of [...fixes, after]) if (isFar(vehicle, at)) await this.#choose(vehicle, index, at);
    for (const [region, inRegion] of vehicle.regions) {
      let current = inRegion;
      for (let round = 0; ; round += 1) {
        if (round === MAX_ROUNDS)
          throw new DataError(`the zones of driver ${vehicle.driverId} still had write conflicts`);
        const decided = decideAll(region, current.membership, vehicle.record, previous, index, after, fixes);
        const isChanged = decided.membership !== current.membership;
        // First: once the membership is written, nobody would repeat it.
        await this.#updateQueues(vehicle, region, decided.membership, index, after);
        if (!isChanged) break;
        const stored = encodeMembership(decided.membership);
        if (await this.#write(region, vehicle.driverId, current.stored, stored, decided.crossings, after)) {
          current = { membership: decided.membership, stored };
          break;
        }
        current = await this.#read(region, vehicle.driverId);
      }
      vehicle.regions.set(region, current);
    }
    if (vehicle.chosenAt !== chosenAt) forgetFar(vehicle, after);
    vehicle.index = index;
    vehicle.record = after;
  }

  /** Makes a driver leave the queues that it is in: it is not available any more. @param version of its record */
  async leaveQueues(vehicle: Vehicle, version: number): Promise<void> {
    const { driverId, index, record } = vehicle;
    for (const [region, { membership }] of vehicle.regions)
      for (const { zoneId } of membership.stays) {
        const rules = rulesOf(index, region, zoneId);
        if (rules === null) continue;
        const away = { kind: 'away', driverId, at: record.t, version } as const;
        await this.queues.apply(region, zoneId, [away], rules);
      }
  }

  /** Reads what is stored of the regions near a place, unless it is known. */
  async #choose(vehicle: Vehicle, index: ZoneIndex, { lat, lng }: Point): Promise<void> {
    const { driverId, regions } = vehicle;
    const near = [...index.regions].filter(
      (region) => !regions.has(region) && distanceM(middleOf(region), { lat, lng }) < NEAR_M,
    );
    await Promise.all(near.map(async (region) => regions.set(region, await this.#read(region, driverId))));
    vehicle.chosenAt = { lat, lng };
  }

  async #read(region: string, driverId: string): Promise<InRegion> {
    const stored = await this.members.read(region, driverId);
    return { membership: stored === null ? NOWHERE : membershipOf(stored), stored };
  }

  async #updateQueues(
    vehicle: Vehicle,
    region: string,
    { stays }: Membership,
    index: ZoneIndex,
    after: DriverRecord,
  ): Promise<void> {
    const { driverId } = vehicle;
    vehicle.queues ??= new Map();
    const known = vehicle.queues.get(region) ?? new Map<string, boolean>();
    const isFree = after.present && after.status === 'available';
    const wanted = new Map<string, { isHere: boolean; since: number }>();
    for (const zoneId of known.keys()) wanted.set(zoneId, { isHere: false, since: after.t });
    // Also those that it leaves now: a processor that was killed may have put it into the queue.
    for (const { zoneId } of vehicle.regions.get(region)?.membership.stays ?? [])
      wanted.set(zoneId, { isHere: false, since: after.t });
    for (const { zoneId, since } of stays) wanted.set(zoneId, { isHere: isFree, since });
    for (const [zoneId, { isHere, since }] of wanted) {
      const rules = rulesOf(index, region, zoneId) ?? rulesOf(vehicle.index, region, zoneId);
      if (rules === null || known.get(zoneId) === isHere) continue;
      const kind = isHere ? 'here' : 'away';
      const event = { kind, driverId, at: since, version: after.version } as const;
      await this.queues.apply(region, zoneId, [event], rules);
      known.set(zoneId, isHere);
    }
    for (const zoneId of known.keys())
      if (!stays.some((stay) => stay.zoneId === zoneId)) known.delete(zoneId);
    vehicle.queues.set(region, known);
  }

  /** Stores a membership with its crossings and then publishes them. @returns false if another one is stored */
  async #write(
    region: string,
    driverId: string,
    expected: string | null,
    membership: string,
    crossings: Decided['crossings'],
    { status }: DriverRecord,
  ): Promise<boolean> {
    const entries = crossings.flatMap((crossing) => entriesOf(region, driverId, status, crossing));
    const ids = await this.members.write(region, driverId, expected, membership, entries);
    if (ids === null) return false;
    const namespace = '/dispatch';
    for (const [i, { event, payload }] of entries.entries())
      if (event === 'alert')
        this.hub.emitKept({ namespace, room: regionRoom(region) }, event, payload, ids[i]!);
      else this.hub.emitKept({ namespace, room: crossingsRoom(region) }, event, payload, ids[i]!);
    for (const { kind, zone } of crossings)
      this.metrics.zoneCrossings.inc({ event: kind, kind: zone?.kind ?? 'removed' });
    return true;
  }
}

/** Reads a stored membership. One that is unreadable is replaced by the next decision, and must not stop the driver. */
function membershipOf(stored: string): Membership {
  try {
    return decodeMembership(stored);
  } catch {
    return NOWHERE;
  }
}

/** Decides once more by a new index with the last fix, then on the fixes that are not decided yet. */
function decideAll(
  region: string,
  before: Membership,
  last: DriverRecord,
  previous: ZoneIndex,
  index: ZoneIndex,
  { status }: DriverRecord,
  fixes: ZoneFix[],
): Decided {
  let membership = before;
  const crossings: Decided['crossings'] = [];
  const zoneOf = (zoneId: string) => index.find(region, zoneId);
  const decide = (fix: ZoneFix, isChanged?: (zoneId: string) => boolean) => {
    const candidates = index.candidates(fix.lat, fix.lng);
    const here = isChanged === undefined ? { candidates, zoneOf } : { candidates, zoneOf, isChanged };
    const decided = decideMembership(region, membership, fix, here, status);
    membership = decided.after;
    for (const crossing of decided.crossings) crossings.push({ ...crossing, fix });
  };
  if (previous !== index && last.present)
    decide(last, (zoneId) => previous.find(region, zoneId)?.border !== zoneOf(zoneId)?.border);
  for (const fix of fixes) if (fix.t > membership.t) decide(fix);
  return { membership, crossings };
}

function rulesOf(index: ZoneIndex, region: string, zoneId: string): QueueRules | null {
  const zone = index.find(region, zoneId)?.zone;
  return zone?.kind === 'queue' ? zone.rules : null;
}

type Entry =
  | { event: 'zone:entered' | 'zone:left' | 'zone:dwelled'; payload: ZoneCrossing }
  | { event: 'alert'; payload: RegionAlert };

const EVENT_OF = { entered: 'enter', left: 'exit', dwelled: 'dwell' } as const satisfies Record<
  Crossing['kind'],
  AlertedZone['event']
>;

/** Returns the entries of a crossing in the feeds of its region: itself, and an alert if the zone asks for one. */
function entriesOf(
  region: string,
  driverId: string,
  status: DriverRecord['status'],
  { kind, zoneId, zone, since, isAlert, fix }: Decided['crossings'][number],
): Entry[] {
  const { lat, lng, t: at } = fix;
  const name = zone?.name ?? null;
  const payload: ZoneCrossing = {
    region,
    zoneId,
    name,
    kind: zone?.kind ?? null,
    driverId,
    status,
    lat,
    lng,
    since,
    at,
  };
  const crossing: Entry = { event: `zone:${kind}`, payload };
  if (!isAlert || zone === null) return [crossing];
  const alert: RegionAlert = {
    region,
    kind: zone.kind === 'no_go' ? 'no_go' : 'zone',
    tripId: null,
    driverId,
    lat,
    lng,
    at,
    zone: { id: zoneId, name: zone.name, event: EVENT_OF[kind] },
  };
  return [crossing, { event: 'alert', payload: alert }];
}
