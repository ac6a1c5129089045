export { COUNTED_ACKS } from './acks.js';
export { ALERT_THRESHOLDS } from './alert-thresholds.js';
export {
  type ActiveAlert,
  ALERTS_PER_HOUR,
  type AlertArea,
  type AlertReach,
  AlertRequest,
  type AreaAlert,
  Audience,
  MAX_ACTIVE_ALERTS,
  MAX_ALERT_MS,
  type Reached,
  type RegionalAlert,
  type RegionalWithdrawal,
  type SentAlert,
  type WithdrawnAlert,
} from './alerts.js';
export type {
  DecisionCounts,
  DriverState,
  FleetHistory,
  NearbyCar,
  NearbyDriver,
  SharedDriver,
  SharedPosition,
  SharedState,
  SharedTrip,
  ShareLink,
  Track,
  TrackGeometry,
  TripSummary,
  VehicleHistory,
} from './answer-schemas.js';
export { TokenRequest } from './api.js';
export { AuditQuery } from './audit.js';
export {
  MAX_CHAT_PAGE,
  MAX_MESSAGES_PER_TRIP,
  MAX_TEXT_LENGTH,
  PARTIES,
  type Party,
  TYPING_EVERY_MS,
  TYPING_MS,
} from './chat.js';
export type { ChatMessage, ChatPage, ChatReceipt, ChatTyping } from './chat-schemas.js';
export { ChatAbout, ChatHistory, ChatMark, ChatSend } from './chat-schemas.js';
export { CODES, type Code, type Failure, isCode, ProtocolError } from './codes.js';
export { DriverLog, DriverLogEntry, MAX_DRIVER_LOG } from './driver-log.js';
export {
  DriverProfile,
  type DriverVehicle,
  type OfferedClass,
  type ServiceHere,
  ServiceQuery,
} from './driver-profile.js';
export type { Estimate } from './estimate.js';
export { type FeedEntry, FeedId, type FeedPart, FeedResume } from './feed.js';
export { EMPTY_FEED, FeedCursor, type FeedEvent } from './feed-cursor.js';
export { type FixBatch, MAX_FIXES_PER_BATCH, type ParsedFix, parseFixes } from './fix.js';
export { Fix, type FixExtras, type FixesAnswer, type Rejection } from './fix-schemas.js';
export {
  type Car,
  type CarFrame,
  type CellCount,
  type DriverGone,
  type DriverPosition,
  type FleetView,
  type Frame,
  NEAREST_CARS,
  type NearbyView,
  type PlacedCar,
  type PlacedVehicle,
  RIDER_INTERVAL_MS,
  type Vehicle,
} from './fleet.js';
export {
  AlertMark,
  AlertMarking,
  type FleetAlert,
  type FleetAlerts,
  MAX_ALERTS,
  type RaisedAlert,
} from './fleet-alerts.js';
export {
  type FleetPage,
  FleetSearch,
  type FoundVehicle,
  MAX_SEARCH_LENGTH,
  type TripPage,
  TripSearch,
  type VehicleState,
} from './fleet-search.js';
export type {
  Acked,
  DeviceReplaced,
  DriverStatus,
  Hello,
  Leaving,
  Refused,
  ServiceState,
  ServiceTime,
  Stale,
} from './hello.js';
export { HistoryQuery, historySpan } from './history.js';
export { NAMESPACES, type Namespace } from './namespaces.js';
export { type Notice, NoticeRequest } from './notices.js';
export type {
  AuditAction,
  AuditEntry,
  Disconnected,
  ErasureReport,
  MapSettings,
  NodeState,
  Presence,
  Problem,
  UserConnection,
  UserExport,
} from './operations-schemas.js';
export {
  type DrivingRoute,
  type FoundPlace,
  type FoundPlaces,
  MAX_TO_STREET_M,
  PlaceQuery,
  type PlaceRefusal,
  type StreetPlace,
  StreetQuery,
  type TripRoute,
} from './places.js';
export type { TripPresence } from './presence.js';
export {
  DEFAULT_PUSH_SETTINGS,
  NOTIFICATION_KINDS,
  type NotificationContent,
  type NotificationKind,
  PushDevice,
  type PushMessage,
  PushSettings,
  type PushState,
} from './push.js';
export { QUICK_REPLIES, type QuickReply } from './quick-replies.js';
export type { CrossingEvent, RegionEvent, RegionEventOf } from './region-events.js';
export { isRegion } from './region-id.js';
export {
  type AlertedZone,
  type Incident,
  IncidentReport,
  Region,
  type RegionAlert,
  RegionUnwatch,
  RegionWatch,
  type Reporter,
  type Surge,
  type ZoneCrossing,
} from './regions.js';
export { ROLES, type Role, UserQuery } from './roles.js';
export {
  alertsRoom,
  cellRoom,
  crossingsRoom,
  driverRoom,
  nearbyRoom,
  regionRoom,
  standbyRoom,
  tripRoom,
  tripsRoom,
  userRoom,
  usersRoom,
  zonesRoom,
} from './rooms.js';
export { FASTEST, type Sampling } from './sampling.js';
export {
  Bbox,
  DriverWatch,
  FleetQuery,
  FleetWatch,
  Id,
  NearbyQuery,
  NearbyWatch,
  Nothing,
  Position,
  parse,
  Status,
  StatusChange,
  TokenRenewal,
  TripWatch,
} from './schemas.js';
export { type ShareEnd, type ShareEvents, ShareRequest, ShareToken } from './share.js';
export { DAY_MS, FRESH_MS, HOUR_MS, MINUTE_MS, POLL_ANSWER_MS, STREAM_HEARTBEAT_MS } from './timing.js';
export { MAX_TRACK_FIXES, type Span, spanOf, TrackQuery, tripSpan } from './track.js';
export type {
  Cancellation,
  DeclinedTrip,
  Eta,
  Offer,
  OfferedTrip,
  OfferOver,
  PastOffer,
  Trip,
  TripEta,
  WatchedTrip,
} from './trip-schemas.js';
export { ARRIVING_M, FAR_STEP_M, isOpen, mayFollow } from './trip-states.js';
export {
  IdempotencyKey,
  TripChange,
  TripRating,
  TripRequest,
  TripState,
} from './trips.js';
export { CLASS_NAME, MAX_SEATS, USUAL_CLASS, USUAL_SEATS } from './vehicle-class.js';
export { agreedVersion, PROTOCOL_VERSION, PROTOCOL_VERSIONS, UnsupportedVersionError } from './version.js';
export type {
  Answer,
  AnswerTo,
  FeedStreamEvents,
  KeptPushOf,
  NearbyStreamEvents,
  Parsed,
  PushArguments,
  Pushed,
  Pushes,
  PushOf,
  PushPayloads,
  RequestOf,
  Requests,
  Sent,
  StreamEvents,
  TripStreamEvents,
} from './wire-types.js';
export {
  LngLat,
  PublishedVersion,
  VersionInfo,
  ZONE_LIMITS,
  Zone,
  type ZoneOf,
  type ZonePolygon,
  type ZoneRing,
} from './zone.js';
export {
  AwarenessState,
  ImportQuery,
  type OpenedDraft,
  PublishRequest,
  VersionQuery,
  type ZoneEdits,
  ZonesAwareness,
  type ZonesComparison,
  type ZonesHead,
  ZonesOpen,
  ZonesUpdate,
  type ZonesUpdated,
} from './zone-draft.js';
export { NearestPlace, QueuePlace, QueueState, QueueUpdate } from './zone-effects.js';
export {
  PickupPoint,
  type RulesOf,
  ZONE_EVENTS,
  ZONE_KINDS,
  ZONE_RULES,
  ZoneId,
  type ZoneKind,
  ZoneName,
} from './zone-rules.js';
