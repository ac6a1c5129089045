export {
  Api,
  type ApiOptions,
  type ChangeOptions,
  devToken,
  type Journey,
  type NearbyQuery,
  type TrackQuery,
} from './api.js';
export { type BackoffOptions, backoffMs } from './backoff.js';
export type { ClientOptions, ConnectionState } from './connection.js';
export { DispatchClient, type DispatchEvents } from './dispatch.js';
export { DriverClient, type DriverEvents, type DriverOptions } from './driver.js';
export type { DriverStep } from './driver-trips.js';
export { Emitter } from './emitter.js';
export { CLIENT_CODES, type ClientCode, HexfleetError } from './errors.js';
export { type GeolocationOptions, geolocationFixes } from './geolocation.js';
export type { IterateOptions } from './iterate.js';
export { indexedDbOutbox } from './outbox/indexed-db-store.js';
export { memoryOutbox } from './outbox/memory-store.js';
export type { OutboxEntry, OutboxStore } from './outbox/store.js';
export type { RetryOptions } from './retry.js';
export { RiderClient, type RiderEvents } from './rider.js';
export type { TripView } from './rider-trip.js';
export type { Abortable } from './settled.js';
export type { TokenSource } from './token.js';
export { type VehicleChanges, Vehicles } from './vehicles.js';
