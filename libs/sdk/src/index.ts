export type {
  Bbox,
  CellCount,
  Code,
  DecisionCounts,
  DriverGone,
  DriverPosition,
  DriverState,
  Failure,
  Fix,
  FleetWatch,
  Frame,
  Hello,
  NearbyCar,
  NearbyDriver,
  NearbyWatch,
  NodeState,
  Position,
  Role,
  Sampling,
  Status,
  Track,
  TrackGeometry,
  Trip,
  TripRequest,
  TripState,
  Vehicle,
} from '#protocol';
export { Api, devToken, type NearbyQuery, type TrackQuery } from './api.js';
export type { ClientOptions, ConnectionState, TokenSource } from './connection.js';
export { DispatchClient, type DispatchEvents } from './dispatch.js';
export { DriverClient, type DriverEvents } from './driver.js';
export { HexfleetError } from './errors.js';
export { Marker } from './marker.js';
export {
  type InterpolateOptions,
  interpolate,
  type LookAhead,
  type MarkerPlace,
  type TimedPosition,
} from './motion.js';
export { RiderClient, type RiderEvents, type TripView } from './rider.js';
export { type VehicleChanges, Vehicles, type WatchedChanges } from './vehicles.js';
