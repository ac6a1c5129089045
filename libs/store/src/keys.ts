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
  /** hash: driver → its record */
  drivers: (region: string) => `{${region}}:drivers`,
  /** sorted set: driver → epoch ms when it was last heard, at most a few seconds behind the record */
  seen: (region: string) => `{${region}}:seen`,
  /** hash: what outlives a driver's presence in the index; see DriverCard */
  driver: (driverId: string) => `driver:${driverId}`,
  /** set: the regions that hold or held drivers */
  regions: 'regions',
  /** stream: drivers that somebody began to follow, the last ten thousand */
  followed: 'followed',
  /** hash: one trip */
  trip: (tripId: string) => `trip:${tripId}`,
  /** string: the id of a driver's open trip */
  openTrip: (driverId: string) => `open-trip:${driverId}`,
  /** hash: node → its latest state, JSON */
  nodes: 'nodes',
};
