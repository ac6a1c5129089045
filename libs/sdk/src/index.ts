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
  News,
  NodeState,
  Notice,
  Offer,
  OfferedTrip,
  OfferOver,
  PartnerPresence,
  Party,
  Position,
  Presence,
  QuickReply,
  RegionNews,
  Reporter,
  Role,
  Sampling,
  ShareLink,
  Status,
  Surge,
  Track,
  TrackGeometry,
  Trip,
  TripChange,
  TripEta,
  TripRequest,
  TripState,
  TripSummary,
  Trouble,
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
export { type BackoffOptions, backoffMs } from './backoff.js';
export { Chat, type ChatEvents } from './chat.js';
export type { ClientOptions, ConnectionState } from './connection.js';
export { DispatchClient, type DispatchEvents, type DroppedWatch, type MissedNews } from './dispatch.js';
export {
  DriverClient,
  type DriverEvents,
  type DriverOptions,
  type OutboxOptions,
  type RejectedFix,
} from './driver.js';
export type { DriverStep } from './driver-trips.js';
export { Emitter, type Listener, type Off } from './emitter.js';
export { CLIENT_CODES, type ClientCode, type ClientCodeMeaning, HexfleetError } from './errors.js';
export { type GeolocationOptions, geolocationFixes } from './geolocation.js';
export type { IterateOptions } from './iterate.js';
export { Marker } from './marker.js';
export {
  type InterpolateOptions,
  interpolate,
  type LookAhead,
  type MarkerPlace,
  type TimedPosition,
} from './motion.js';
export { indexedDbOutbox } from './outbox/indexed-db-store.js';
export { memoryOutbox } from './outbox/memory-store.js';
export type { OutboxEntry, OutboxStore } from './outbox/store.js';
export type { ReadingTransport } from './plain/source.js';
export type { RetryOptions } from './retry.js';
export { type DroppedRiderWatch, RiderClient, type RiderEvents } from './rider.js';
export type { TripView } from './rider-trip.js';
export type { Abortable } from './settled.js';
export type { SocketTransport } from './socket-line.js';
export type { TokenSource } from './token.js';
export { type VehicleChanges, Vehicles } from './vehicles.js';
