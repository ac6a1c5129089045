export type {
  AuditAction,
  AuditEntry,
  Bbox,
  Cancellation,
  CellCount,
  ChatMessage,
  ChatPage,
  ChatReceipt,
  ChatTyping,
  Code,
  DecisionCounts,
  DeviceReplaced,
  DriverGone,
  DriverPosition,
  DriverState,
  Estimate,
  Eta,
  Failure,
  Fix,
  FleetHistory,
  FleetWatch,
  Frame,
  Hello,
  Incident,
  Namespace,
  NearbyCar,
  NearbyDriver,
  NearbyWatch,
  NodeState,
  Notice,
  Offer,
  OfferedTrip,
  OfferOver,
  Party,
  Position,
  Presence,
  QuickReply,
  RegionAlert,
  RegionEvent,
  RegionEventOf,
  Reporter,
  Role,
  Sampling,
  ServiceState,
  ShareLink,
  Stale,
  Status,
  Surge,
  Track,
  TrackGeometry,
  Trip,
  TripChange,
  TripEta,
  TripPresence,
  TripRequest,
  TripState,
  TripSummary,
  UserConnection,
  Vehicle,
  VehicleHistory,
} from '#protocol';
export { QUICK_REPLIES } from '#protocol';
export {
  Api,
  type ApiOptions,
  type AuditPage,
  type ChangeOptions,
  devToken,
  type IncidentReport,
  type Journey,
  type NearbyQuery,
  type NoticeRequest,
  type TrackQuery,
} from './api.js';
export { Chat, type ChatEvents } from './chat/chat.js';
export type { ClientOptions } from './connection/client-options.js';
export { type ClockEvents, type ClockOffset, ServiceClock } from './connection/clock.js';
export type { ConnectionState } from './connection/connection-state.js';
export { CLIENT_CODES, type ClientCode, type ClientCodeMeaning, HexfleetError } from './connection/errors.js';
export {
  type BackoffOptions,
  backoffMs,
  fullJitter,
  type ReconnectPolicy,
} from './connection/reconnect-policy.js';
export type { RetryOptions } from './connection/retry.js';
export type { SocketTransport } from './connection/socketio-internals.js';
export { cachedToken, type TokenClaims, type TokenSource, tokenClaims } from './connection/token.js';
export {
  DispatchClient,
  type DispatchEvents,
  type DroppedWatch,
  type MissedRegionEvents,
} from './dispatch.js';
export {
  DriverClient,
  type DriverEvents,
  type DriverOptions,
  type OutboxOptions,
  type RejectedFix,
} from './driver.js';
export type { FallbackTransport } from './http-fallback/source.js';
export { Marker } from './marker/marker.js';
export {
  type InterpolateOptions,
  interpolate,
  type LookAhead,
  type MarkerPlace,
  type TimedPosition,
} from './marker/motion.js';
export { type GeolocationOptions, geolocationFixes } from './outbox/geolocation.js';
export { indexedDbOutbox } from './outbox/indexed-db-store.js';
export type { OutboxEntry, OutboxStore } from './outbox/outbox-store.js';
export { memoryOutbox } from './outbox/outbox-store.js';
export { type DroppedRiderWatch, RiderClient, type RiderEvents } from './rider.js';
export { type VehicleChanges, Vehicles } from './subscriptions/vehicles.js';
export type { DriverStep } from './trips/driver-trips.js';
export type { TripView } from './trips/rider-trip.js';
export { Emitter, type Listener, type Off } from './util/emitter.js';
export type { Abortable } from './util/event-promise.js';
export type { IterateOptions } from './util/iterate.js';
