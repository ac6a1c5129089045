import type { Status } from '#protocol';
import { unpacked } from '../byte-writer.js';
import { keys } from '../keys.js';
import { versionBytes } from '../record-bytes.js';
import { ignored, script, succeeded } from './script.js';

type InRegion = { region: string };
type OfDriver = { driverId: string };

const keysOfRegion = ({ region }: InRegion) => keys.whole(region);
const driverPointer = ({ driverId }: OfDriver) => [keys.driverPointer(driverId)] as const;

/** @param changes the first arguments of `apply-records-2.lua`, see `argumentsOf` */
type ApplyRecords = InRegion & {
  changes: Buffer[];
  trackHours: number;
  maxTrackPerHour: number;
};

/** Writes records of one region. Returns the positions of those in conflict; if there is one, nothing was written. */
export const applyRecords = script('apply-records-2', {
  keys: keysOfRegion,
  args: ({ changes, trackHours, maxTrackPerHour }: ApplyRecords) => [...changes, trackHours, maxTrackPerHour],
  result: (conflicts: number[]) => conflicts,
});

/** @param radiusM of the circle around `center` */
type FindDrivers = InRegion & {
  places: string[];
  circle: { center: { lat: number; lng: number }; radiusM: number } | null;
};

/** Finds the drivers at some places of a region. Returns id and record of each, alternating. */
export const findDrivers = script('find-drivers-2', {
  keys: keysOfRegion,
  args: ({ places, circle }: FindDrivers) => [
    places.join(' '),
    ...(circle === null ? [''] : [circle.radiusM, circle.center.lng, circle.center.lat]),
  ],
  isBinary: true,
  result: (texts: Buffer) => unpacked(texts),
});

/** Counts the drivers in cells of a region. Returns the available and the busy ones of each, alternating. */
export const countDrivers = script('count-drivers-2', {
  keys: keysOfRegion,
  args: ({ cellCodes }: InRegion & { cellCodes: string[] }) => [cellCodes.join(' ')],
  result: (counts: number[]) => counts,
});

/** @param presentBefore @param leftBefore epoch ms, for drivers that are present and for those that left */
type FindStale = InRegion & { cursor: string; count: number; presentBefore: number; leftBefore: number };

/** Scans a part of a region for drivers without a newer position since a time. `found` has id and record of each, alternating. */
export const findStale = script('find-stale-2', {
  keys: keysOfRegion,
  args: ({ cursor, count, presentBefore, leftBefore }: FindStale) => [
    cursor,
    count,
    presentBefore,
    leftBefore,
  ],
  isBinary: true,
  result: ([cursor, ...found]: [cursor: Buffer, ...found: Buffer[]]) => ({
    cursor: cursor.toString(),
    found,
  }),
});

/** Deletes the record of a driver that left. Returns false if another version is stored. */
export const forgetRecord = script('forget-record-2', {
  keys: keysOfRegion,
  args: ({ driverId, version }: InRegion & OfDriver & { version: number }) => [
    driverId,
    versionBytes(version),
  ],
  result: succeeded,
});

/** Removes a region from the set of regions, unless it was written to since `before`, epoch ms. */
export const forgetRegion = script('forget-region-1', {
  keys: () => [keys.regions] as const,
  args: ({ region, before }: InRegion & { before: number }) => [region, before],
  result: ignored,
});

type ClaimDriver = OfDriver & {
  expectedRegion: string | null;
  expectedClaim: number;
  region: string;
  version: number;
  /** `region/record` of the departure; null if the driver leaves no region */
  departure: string | null;
  now: number;
  /** order of the declared status; null if a region holds the driver */
  expectedStatusAt: number | null;
  /** whether the region already holds the declared status */
  hasStatus: boolean;
  /** epoch ms; regions left before have no track of the driver any more */
  trackFrom: number;
};

/** Points a driver to the region that will hold it. Returns false if its driver pointer has changed. */
export const claimDriver = script('claim-driver-1', {
  keys: driverPointer,
  args: (input: ClaimDriver) => [
    input.expectedRegion ?? '',
    input.expectedClaim,
    input.region,
    input.version,
    input.departure ?? '',
    input.now,
    input.expectedStatusAt ?? '',
    input.hasStatus ? 1 : 0,
    input.trackFrom,
  ],
  result: succeeded,
});

type DeclareStatus = OfDriver & {
  expectedStatusAt: number;
  status: Status;
  shift: number;
  statusAt: number;
  ttlS: number;
};

/** Stores the status of a driver without a position. Returns false if its driver pointer has changed. */
export const declareStatus = script('declare-status-1', {
  keys: driverPointer,
  args: ({ expectedStatusAt, status, shift, statusAt, ttlS }: DeclareStatus) => [
    expectedStatusAt,
    status,
    shift,
    statusAt,
    ttlS,
  ],
  result: succeeded,
});

/** Lets a driver pointer expire, unless the driver was claimed after the departure with this version. */
export const expireDriverPointer = script('expire-driver-pointer-1', {
  keys: driverPointer,
  args: ({ region, version, ttlS }: OfDriver & InRegion & { version: number; ttlS: number }) => [
    region,
    version,
    ttlS,
  ],
  result: ignored,
});
