export type {
  ActiveAlert,
  AlertArea,
  AlertedZone,
  AlertMark,
  AlertReach,
  AreaAlert,
  Audience,
  AuditAction,
  AuditEntry,
  Bbox,
  Cancellation,
  Car,
  CarFrame,
  CellCount,
  ChatMessage,
  ChatPage,
  ChatReceipt,
  ChatTyping,
  Code,
  CrossingEvent,
  DecisionCounts,
  DeviceReplaced,
  DriverGone,
  DriverPosition,
  DriverProfile,
  DriverState,
  DriverStatus,
  DriverVehicle,
  DrivingRoute,
  ErasureReport,
  Estimate,
  Eta,
  Failure,
  Fix,
  FleetAlert,
  FleetAlerts,
  FleetHistory,
  FleetPage,
  FleetSearch,
  FleetWatch,
  FoundPlace,
  FoundVehicle,
  Frame,
  Hello,
  Incident,
  LngLat,
  Namespace,
  NearbyCar,
  NearbyDriver,
  NearbyWatch,
  NearestPlace,
  NodeState,
  Notice,
  NotificationContent,
  NotificationKind,
  Offer,
  OfferedClass,
  OfferedTrip,
  OfferOver,
  Party,
  PastOffer,
  PickupPoint,
  PlaceRefusal,
  Position,
  Presence,
  PublishedVersion,
  PushDevice,
  PushMessage,
  PushSettings,
  PushState,
  QueuePlace,
  QueueState,
  QuickReply,
  Reached,
  RegionAlert,
  RegionalAlert,
  RegionalWithdrawal,
  RegionEvent,
  RegionEventOf,
  Reporter,
  Role,
  Sampling,
  SentAlert,
  ServiceHere,
  ServiceState,
  ShareLink,
  Stale,
  Status,
  StreetPlace,
  Surge,
  Track,
  TrackGeometry,
  Trip,
  TripChange,
  TripEta,
  TripPage,
  TripPresence,
  TripRequest,
  TripSearch,
  TripState,
  TripSummary,
  UserConnection,
  UserExport,
  Vehicle,
  VehicleHistory,
  VehicleState,
  VersionInfo,
  WithdrawnAlert,
  Zone,
  ZoneCrossing,
  ZoneKind,
  ZoneOf,
  ZonePolygon,
  ZoneRing,
  ZonesComparison,
} from '#protocol';
export { QUICK_REPLIES } from '#protocol';
export type {
  AnyRules,
  FeatureCorrection,
  VertexPlace,
  ZoneCollection,
  ZoneDraft,
  ZoneEdit,
  ZoneFeature,
  ZoneGeometry,
} from '#zones/draft';
export { Api } from './api/api.js';
export { DriverApi } from './api/driver-api.js';
export type {
  AlertRequest,
  AuditPage,
  ChangeOptions,
  IncidentReport,
  Journey,
  NearbyQuery,
  NoticeRequest,
  TrackQuery,
} from './api/requests.js';
export { type ApiOptions, devToken, RestClient } from './api/rest-client.js';
export { RiderApi } from './api/rider-api.js';
export { UserApi } from './api/user-api.js';
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
export { DispatchClient } from './dispatch.js';
export type { DispatchEvents, DroppedWatch, MissedRegionEvents } from './dispatch-events.js';
export { DriverClient, type DriverOptions, type OutboxOptions } from './driver.js';
export type { DriverEvents, RejectedFix } from './driver-events.js';
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
export { type FrameOf, type Placed, type VehicleChanges, Vehicles } from './subscriptions/vehicles.js';
export type { DriverStep, StepOptions } from './trips/driver-trips.js';
export type { TripView } from './trips/rider-trip.js';
export { Emitter, type Listener, type Off } from './util/emitter.js';
export type { Abortable } from './util/event-promise.js';
export type { IterateOptions } from './util/iterate.js';
export type { DraftStore } from './zones/draft-store.js';
export type {
  NewZone,
  RefusedEdit,
  ZoneChanges,
  ZonesEditorEvents,
  ZonesEditorOptions,
  ZonesEditorState,
  ZonesUser,
} from './zones/editor-types.js';
export type { ZonesEditorInfo } from './zones/editors.js';
export type { ZoneEditor } from './zones/zone-editor.js';
export { type ImportedZones, type Publication, ZonesApi } from './zones/zones-api.js';
