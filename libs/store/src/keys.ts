import { regionOf } from '#geo/cells';
import type { Vehicle } from '#protocol';

type LiveStatus = Vehicle['status'];

/** Every key of the store. Keys that one script touches share a hash tag, hence a slot of a Redis Cluster. */
export const keys = {
  /** stream: one partition of the fixes that gateways took */
  fixes: (partition: number) => `fixes:{${partition}}`,
  /** string: the processor that reads the partition now; expires */
  reader: (partition: number) => `fixes:{${partition}}:reader`,
  /** geo set: the drivers of one index cell that have one status */
  cell: (cell: string, status: LiveStatus) => `{${regionOf(cell)}}:cell:${cell}:${status}`,
  /** hash: driver → its record, also of one that left within the last day */
  drivers: (region: string) => `{${region}}:drivers`,
  /**
   * The keys that a script of a region names. The second never exists: for as long as a cluster moves the region's slot,
   * it makes the script wait (TRYAGAIN) instead of seeing one half of the region.
   */
  whole: (region: string) => [`{${region}}:drivers`, `{${region}}:whole`] as const,
  /** hash, a driver's card: the region that may hold it, since which claim, and the regions that held it before */
  driver: (driverId: string) => `driver:${driverId}`,
  /** list: the fixes of one driver in one hour, packed as in track.ts, in order of arrival */
  track: (region: string, driverId: string, hour: number) => `{${region}}:track:${driverId}:${hour}`,
  /** sorted set: the regions that hold or held drivers, by when they were last written to, to within ten seconds */
  regions: 'regions:written',
  /** stream: drivers that somebody began to follow, the last ten thousand */
  followed: 'followed',
  /** hash: one trip */
  trip: (tripId: string) => `trip:${tripId}`,
  /** string: the id of a driver's open trip */
  openTrip: (driverId: string) => `open-trip:${driverId}`,
  /** hash: node → its latest state, JSON */
  nodes: 'nodes',
};
