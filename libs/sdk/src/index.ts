export type { Fix, Trip } from '#protocol';
export { Api, devToken } from './api.js';
export type { ClientOptions, ConnectionState, TokenSource } from './connection.js';
export { DispatchClient } from './dispatch.js';
export { DriverClient } from './driver.js';
export { HexfleetError } from './errors.js';
export { Marker } from './marker.js';
export {
  type InterpolateOptions,
  interpolate,
  type LookAhead,
  type MarkerPlace,
  type TimedPosition,
} from './motion.js';
export { RiderClient } from './rider.js';
export { Vehicles } from './vehicles.js';
